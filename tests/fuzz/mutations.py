"""Bytes that nearly are what a parser expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from fuzz.promise import Parser

LONGEST = 100_000
"""Bytes of an input."""
EDITS = 8
"""Changes to one seed."""


def inputs(parser: Parser) -> st.SearchStrategy[bytes]:
    """Give seeds with changes, words in a row, words repeated until only linear time will do, and noise."""
    words = st.one_of(st.sampled_from(parser.words or (b"\0",)), st.binary(min_size=1, max_size=4))
    return st.one_of(
        mutated(st.sampled_from(parser.seeds()), words),
        st.lists(words, max_size=30).map(b"".join),
        stretched(words),
        st.binary(max_size=200),
    )


@st.composite
def mutated(draw: st.DrawFn, seeds: st.SearchStrategy[bytes], words: st.SearchStrategy[bytes]) -> bytes:
    """Cut, copy, replace and insert within a seed."""
    data = draw(seeds)
    for _ in range(draw(st.integers(0, EDITS))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        middle = draw(st.one_of(words, st.just(b""), st.just(data[start:end] * 2), st.just(b"\xff")))
        data = data[:start] + middle + data[end:]
    return data


@st.composite
def stretched(draw: st.DrawFn, words: st.SearchStrategy[bytes]) -> bytes:
    """Repeat a few words very often between others; what backtracks takes its time for these."""
    pieces = []
    for _ in range(draw(st.integers(1, 3))):
        unit = b"".join(draw(st.lists(words, min_size=1, max_size=3)))
        pieces += [draw(words), unit * min(draw(st.integers(1, 20_000)), LONGEST // 3 // len(unit))]
    return b"".join([*pieces, draw(words)])[:LONGEST]
