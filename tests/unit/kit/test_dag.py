"""Order and cycles."""

from __future__ import annotations

from itertools import pairwise

from protoctl.kit.dag import closure, find_cycle, order

DIAMOND = {"d": {"b", "c"}, "c": {"a"}, "b": {"a"}, "a": set[str]()}


def test_each_stands_after_its_needs_and_ties_are_sorted() -> None:
    assert order(DIAMOND) == ["a", "b", "c", "d"]
    assert order(dict(reversed(DIAMOND.items()))) == ["a", "b", "c", "d"]
    assert order({}) == []


def test_a_cycle_runs_from_one_that_needs_the_next() -> None:
    assert find_cycle(DIAMOND) == ()
    assert find_cycle({"a": {"a"}}) == ("a", "a")
    needs = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}
    cycle = find_cycle(needs)
    assert cycle[0] == cycle[-1]
    assert len(cycle) == 4
    assert all(other in needs[one] for one, other in pairwise(cycle))


def test_a_closure_holds_its_start_and_ends_in_cycles() -> None:
    assert closure(["d"], DIAMOND) == {"a", "b", "c", "d"}
    assert closure(["b"], DIAMOND) == {"a", "b"}
    assert closure(["x"], {"x": {"y"}, "y": {"x"}}) == {"x", "y"}
    assert closure([], DIAMOND) == set()
