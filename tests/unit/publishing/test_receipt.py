"""Receipts as they are written and read."""

from __future__ import annotations

import json

import pytest

from protoctl.publishing.receipt import Delivered, Receipt, encode_receipt, read_receipt

RECEIPT = Receipt(
    "user", "1.2.0", "c" * 40, "user/v1.2.0", (Delivered("team", "acme-user", "1.2.0", "a.whl", "d" * 64),)
)


def test_a_receipt_is_read_as_it_was_written() -> None:
    text = encode_receipt(RECEIPT)
    assert read_receipt(text) == RECEIPT
    assert text.decode().splitlines()[:2] == ["{", '  "format": 1,']
    assert text.endswith(b"}\n")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        encode_receipt(RECEIPT)[:-5],
        b"\xff",
        b"[" * 5000,
        b'{"module": "user"}',
        json.dumps({**json.loads(encode_receipt(RECEIPT)), "format": 2}).encode(),
    ],
    ids=["empty", "cut", "no text", "deep", "short", "later"],
)
def test_what_cannot_be_read_is_no_receipt(data: bytes) -> None:
    assert read_receipt(data) is None
