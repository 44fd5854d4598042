"""What a register may not park: every refusal names the field, the value and the rule."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from branchgate.errors import Refused
from branchgate.receipts.basket import total_of
from branchgate.receipts.model import Customer
from branchgate.receipts.parked import ParkedReceipt
from gateway.parked.limits import LATEST_MS, MOST_LINES, check_parkable
from tests.gateway.branch import receipt
from tests.gateway.parked.shop import Shop, open_parked_shop, parked_receipt, request

FINE = parked_receipt()
LINE = FINE.lines[0]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_parked_shop(tmp_path) as opened:
        yield opened
        assert opened.entries() == []


def with_lines(*lines: object) -> ParkedReceipt:
    made = replace(FINE, lines=tuple(lines))  # type: ignore[arg-type]
    return replace(made, total_cents=total_of(made.lines))


@pytest.mark.parametrize(
    ("hostile", "field"),
    [
        (replace(FINE, parked_id=b""), "receipt.parked_id"),
        (replace(FINE, parked_id=bytes(1_000_000)), "receipt.parked_id"),
        (replace(FINE, title=""), "receipt.title"),
        (replace(FINE, title="   "), "receipt.title"),
        (replace(FINE, title="x" * 61), "receipt.title"),
        (replace(FINE, title="Müller\nBon 2"), "receipt.title"),
        (replace(FINE, title="\x1b[2J"), "receipt.title"),
        (replace(FINE, user_id="u" * 101), "receipt.user_id"),
        (replace(FINE, started_at_ms=0), "receipt.started_at_ms"),
        (replace(FINE, started_at_ms=LATEST_MS + 1), "receipt.started_at_ms"),
        (replace(FINE, total_cents=FINE.total_cents + 1), "receipt.total_cents"),
        (with_lines(), "receipt.lines"),
        (with_lines(*(replace(LINE, line_number=each + 1) for each in range(MOST_LINES + 1))), "receipt.lines"),
        (with_lines(LINE, LINE), "receipt.lines[1].line_number"),
        (with_lines(replace(LINE, line_number=0)), "receipt.lines[0].line_number"),
        (with_lines(replace(LINE, gross_cents=10**17)), "receipt.lines[0].gross_cents"),
        (with_lines(replace(LINE, quantity_thousandths=-(10**17))), "receipt.lines[0].quantity_thousandths"),
        (with_lines(replace(LINE, vat_rate_basis_points=-10_000)), "receipt.lines[0].vat_rate_basis_points"),
        (with_lines(replace(LINE, text="x" * 200_000)), "receipt"),
        (replace(FINE, customer=Customer(name="n" * 101)), "receipt.customer.name"),
    ],
)
async def test_hostile_receipts_are_refused_and_leave_nothing(shop: Shop, hostile: ParkedReceipt, field: str) -> None:
    with pytest.raises(Refused) as told:
        await shop.desk.park(request(1), "kasse-1", "anna", hostile)
    assert (told.value.reason, told.value.field) == ("INVALID_VALUE", field)
    assert told.value.rule
    assert len(str(told.value)) < 1_000


@pytest.mark.parametrize("bad", [b"", b"x", bytes(17)])
async def test_ids_that_are_none_are_refused(shop: Shop, bad: bytes) -> None:
    calls = (
        ("request_id", shop.desk.park(bad, "kasse-1", "anna", FINE)),
        ("parked_id", shop.desk.resume(bad, "kasse-1", "anna")),
        ("parked_id", shop.desk.release(bad, "chef")),
    )
    for field, call in calls:
        with pytest.raises(Refused) as told:
            await call
        assert (told.value.reason, told.value.field) == ("INVALID_VALUE", field)


async def test_endless_users_are_refused(shop: Shop) -> None:
    endless = "u" * 1_000
    calls = (
        shop.desk.park(request(1), "kasse-1", endless, FINE),
        shop.desk.resume(bytes(16), "kasse-1", endless),
        shop.desk.release(bytes(16), endless),
    )
    for call in calls:
        with pytest.raises(Refused) as told:
            await call
        assert told.value.field == "user_id"


def test_the_bounds_themselves_are_allowed() -> None:
    lines = tuple(replace(LINE, line_number=each + 1) for each in range(MOST_LINES))
    check_parkable(replace(with_lines(*lines), title="x" * 60))
    check_parkable(with_lines(*(replace(line, line_number=line.line_number * 3) for line in receipt().lines)))
