"""A view of a receipt shows what the decoded receipt shows, and refuses what decoding refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.errors import Refused
from branchgate.receipts.check import check_receipt
from branchgate.receipts.codec import decode_receipt, encode_receipt
from branchgate.receipts.view import ReceiptView, view_receipt
from branchgate.v1 import receipt_pb2
from tests.gateway.branch import NOW_MS, RANGE, receipt


def refused(read: Callable[[bytes], object], body: bytes) -> bool:
    try:
        read(body)
    except Refused as failure:
        assert failure.reason == "RECEIPT_UNREADABLE"
        return True
    return False


def findings(seen: ReceiptView) -> list[str]:
    found = check_receipt(seen, register_range=RANGE, last_running=0, knows_article=lambda _: False, now_ms=NOW_MS)
    return [f"{each}" for each in found]


def view_and_check(body: bytes) -> ReceiptView:
    """Numbers without a meaning show where the checks come across them."""
    seen = view_receipt(body)
    findings(seen)
    return seen


def test_both_are_checked_alike() -> None:
    body = encode_receipt(receipt(3, lines=4))
    assert findings(view_receipt(body)) == findings(decode_receipt(body))
    assert findings(view_receipt(body))


@pytest.mark.parametrize("where", ["type", "line", "payment", "step"])
def test_a_number_without_a_meaning_is_refused(where: str) -> None:
    message = receipt_pb2.Receipt.FromString(encode_receipt(receipt()))
    step = message.lines[1].price_steps.add(type=receipt_pb2.PRICE_STEP_TYPE_DISCOUNT, unit_price=5)
    spoilt = {"type": message, "line": message.lines[1], "payment": message.payments[0], "step": step}[where]
    setattr(spoilt, "business_case" if where == "line" else "type", 99)
    assert refused(view_and_check, message.SerializeToString())
    assert refused(decode_receipt, message.SerializeToString())


@given(body=st.binary(max_size=40), cut=st.integers(0, 400))
def test_arbitrary_bytes_are_refused_by_both_or_by_none(body: bytes, cut: int) -> None:
    for candidate in (body, encode_receipt(receipt())[:cut], encode_receipt(receipt()) + body):
        assert refused(view_and_check, candidate) == refused(decode_receipt, candidate)
