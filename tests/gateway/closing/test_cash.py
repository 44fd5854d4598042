"""Expected cash, counts and carried floats over a real journal and a real sales store."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from branchgate.errors import Refused, TryAgain
from branchgate.events import EventKind
from branchgate.figures import CashCount, CashFigure, Denomination, encode_count
from branchgate.numbers import NumberRange
from branchgate.receipts.check import check_content
from branchgate.receipts.codec import decode_receipt, encode_receipt
from branchgate.receipts.model import BusinessCase, TseSignature
from gateway.closing.asked import TRIES
from gateway.closing.model import CloseDay
from gateway.journal.tables import JOURNAL
from gateway.recording import EventToRecord
from gateway.recording.states import RECORDING, read_state
from gateway.sales.replies import DrawersReply
from gateway.store import bring_up_to_date, connect_for_writing
from gateway.store.schema import Schema
from tests.gateway.branch import NOW_MS, event_id
from tests.gateway.closing.drawers import moved, own_receipts, reasons, recorded, sale
from tests.gateway.closing.shop import Shop, closed, open_shop

RANGE = NumberRange("K1-", 6)
HOUR_MS = 3_600_000


async def test_expected_cash_says_how_it_comes_about(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell(
            "kasse-1",
            moved(1, BusinessCase.ANFANGSBESTAND, 10_000),
            sale(2),
            moved(3, BusinessCase.AUSZAHLUNG, -500),
            sale(4),
        )
        drawer = await shop.expected("kasse-1")
        assert drawer.expected_cents == 10_000 + 2 * 1190 - 500
        assert drawer.cash == (
            CashFigure("Umsatz", 2, 2380),
            CashFigure("Anfangsbestand", 1, 10_000),
            CashFigure("Auszahlung", 1, -500),
        )
        assert drawer.last_count is None


async def test_a_difference_is_a_receipt_of_its_own_in_the_commit_of_the_count(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        counted = await shop.count(1, "kasse-1", 1_000, note="Schublade klemmt")
        count = counted.count
        assert (count.expected_cents, count.difference_cents, count.user_id) == (1190, -190, "bela")
        entry = shop.branch.reader.by_event_id(count.difference_event_id)
        assert entry is not None
        receipt = decode_receipt(entry.body)
        assert (receipt.receipt_number, receipt.running_number, receipt.user_id) == ("K1-900000", 900_000, "bela")
        assert [(line.business_case, line.gross_cents) for line in receipt.lines] == [
            (BusinessCase.DIFFERENZ_SOLL_IST, -190)
        ]
        assert not check_content(receipt, knows_article=lambda _: None, now_ms=NOW_MS)
        drawer = await shop.expected("kasse-1")
        assert drawer.expected_cents == 1_000
        assert drawer.last_count == count
        assert "DIFFERENZ" in counted.text
        assert "-1,90" in counted.text


async def test_counting_again_is_held_against_what_is_there_by_then(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        await shop.count(1, "kasse-1", 1_000)
        second = (await shop.count(2, "kasse-1", 1_050)).count
        assert (second.expected_cents, second.difference_cents) == (1_000, 50)
        third = (await shop.count(3, "kasse-1", 1_050)).count
        assert (third.difference_cents, third.difference_event_id) == (0, b"")
        assert [receipt.running_number for receipt in own_receipts(shop.branch)] == [900_000, 900_001]
        (z,) = closed(await shop.close(1, "kasse-1"))
        assert z.closing.count == third
        assert z.closing.figures.cash_cents == 1_050


async def test_the_same_request_counts_once_also_when_it_comes_twice_at_once(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        counts = await asyncio.gather(*(shop.count(1, "kasse-1", 1_000) for _ in range(5)))
        with pytest.raises(Refused) as told:
            await shop.count(1, "kasse-1", 4_000)
        assert told.value.reason == "REQUEST_ID_REUSED"
        with pytest.raises(Refused, match="bela"):
            await shop.count(1, "kasse-1", 1_000, user_id="anna")
        assert len({counted.event_id for counted in counts}) == 1
        assert len(own_receipts(shop.branch)) == len(recorded(shop.branch, EventKind.CASH_COUNT)) == 1


async def test_two_counts_at_once_book_the_difference_once(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        counts = await asyncio.gather(*(shop.count(number, "kasse-1", 1_000) for number in range(1, 5)))
        assert sorted(counted.count.difference_cents for counted in counts) == [-190, 0, 0, 0]
        assert (await shop.expected("kasse-1")).expected_cents == 1_000


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"counted_cents": -1}, "counted_cents"),
        ({"counted_cents": 100_000_001}, "counted_cents"),
        ({"denominations": (Denomination(2_000, -1),)}, "denominations[0].pieces"),
        ({"denominations": (Denomination(2_000, 100_001),)}, "denominations[0].pieces"),
        ({"denominations": (Denomination(2_000, 1), Denomination(3_000, 1))}, "denominations[1].value_cents"),
        ({"denominations": (Denomination(2_000, 1), Denomination(2_000, 1))}, "denominations[1].value_cents"),
        ({"denominations": (Denomination(2_000, 1),), "counted_cents": 1}, "counted_cents"),
        ({"request_id": b"short"}, "request_id"),
        ({"note": "x" * 101}, "note"),
        ({"user_id": "a\nb"}, "user_id"),
    ],
)
async def test_a_count_that_cannot_be_is_refused_and_changes_nothing(
    tmp_path: Path, changes: dict[str, object], field: str
) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        head = shop.branch.journal.head
        with pytest.raises(Refused) as told:
            await shop.count(1, "kasse-1", 0, **changes)
        assert (told.value.reason, told.value.field) == ("INVALID_VALUE", field)
        assert shop.branch.journal.head == head


async def test_pieces_make_the_sum_and_none_of_a_kind_are_left_out(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        pieces = (Denomination(1_000, 1), Denomination(5_000, 0), Denomination(50, 3), Denomination(20, 2))
        count = (await shop.count(1, "kasse-1", 0, denominations=pieces)).count
        assert (count.counted_cents, count.difference_cents) == (1_190, 0)
        assert count.denominations == (Denomination(1_000, 1), Denomination(50, 3), Denomination(20, 2))


async def test_a_drawer_below_zero_is_not_carried_and_the_z_shows_it(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", moved(1, BusinessCase.GELDTRANSIT, -5_000))
        (z,) = closed(await shop.close(1, "kasse-1", carry_float=True))
        assert (z.closing.figures.cash_cents, z.closing.carried_float_cents) == (-5_000, 0)
        assert [line.split()[-1] for line in z.text.splitlines() if "SOLL" in line or "Anfangsbestand" in line][
            -2:
        ] == [
            "-50,00",
            "0,00",
        ]
        assert (await shop.expected("kasse-1")).expected_cents == 0
        await shop.sell("kasse-1", sale(2))
        assert own_receipts(shop.branch) == []


async def test_an_order_to_close_that_says_something_else_under_the_same_id_is_refused(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        (first,) = closed(await shop.close(1, carry_float=True))
        (again,) = closed(await shop.close(1, carry_float=True))
        assert again == first
        with pytest.raises(Refused) as told:
            await shop.close(1, carry_float=False)
        assert told.value.reason == "REQUEST_ID_REUSED"
        order = CloseDay((1).to_bytes(16, "big"), None, "mallory", print=False, carry_float=True)
        with pytest.raises(Refused, match="anna"):
            [step async for step in shop.desk.close_day(order)]


class SellingWhileCounted:
    """A sales store beside which the register sells once more after each answer."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.asked = 0

    async def drawers(self, register_id: str | None, through: int) -> DrawersReply:
        reply = await self._shop.sales.drawers(register_id, through)
        self.asked += 1
        await self._shop.sell("kasse-1", sale(self.asked + 1))
        return reply


async def test_a_register_that_never_pauses_cannot_be_counted_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        meanwhile = SellingWhileCounted(shop)
        monkeypatch.setattr(shop.cash, "_sales", meanwhile)
        with pytest.raises(TryAgain) as told:
            await shop.count(1, "kasse-1", 1_190)
        assert told.value.reason == "REGISTER_BUSY"
        assert meanwhile.asked == TRIES
        assert not recorded(shop.branch, EventKind.CASH_COUNT)


async def test_a_carried_float_is_expected_at_once_and_booked_with_the_next_receipt(tmp_path: Path) -> None:
    """No period is opened for it alone, and its time is that of the receipt: a shop that is shut on Sunday has no business day then."""
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        (z,) = closed(await shop.close(1, "kasse-1", carry_float=True))
        assert z.closing.carried_float_cents == 1190
        pending = await shop.expected("kasse-1")
        assert (pending.expected_cents, pending.cash) == (1190, (CashFigure("Anfangsbestand", 1, 1190),))
        assert not own_receipts(shop.branch)
        shop.branch.clock.advance(48 * HOUR_MS)
        monday = NOW_MS + 48 * HOUR_MS
        await shop.sell("kasse-1", sale(2, at_ms=monday))
        (opening,) = own_receipts(shop.branch)
        assert read_state(shop.branch.reader.connection, "kasse-1").carried_cents == 0
        assert (opening.finished_at_ms, opening.user_id, opening.receipt_number) == (monday - 1, "anna", "K1-900000")
        drawer = await shop.expected("kasse-1")
        assert drawer.cash == (CashFigure("Umsatz", 1, 1190), CashFigure("Anfangsbestand", 1, 1190))
        (following,) = closed(await shop.close(2, "kasse-1", carry_float=True))
        assert (following.closing.business_day, following.closing.carried_float_cents) == ("2026-11-20", 2380)
        figures = following.closing.figures
        assert (figures.receipt_count, figures.first_receipt_number, figures.last_receipt_number) == (
            2,
            "K1-000002",
            "K1-000002",
        )
        assert reasons(shop.branch) == []


async def test_without_carrying_the_next_period_begins_with_an_empty_drawer(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        (z,) = closed(await shop.close(1, "kasse-1"))
        assert z.closing.carried_float_cents is None
        await shop.sell("kasse-1", sale(2, 500))
        assert (await shop.expected("kasse-1")).expected_cents == 500
        assert not own_receipts(shop.branch)


async def test_a_count_that_opens_the_period_books_the_float_first(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        await shop.close(1, "kasse-1", carry_float=True)
        count = (await shop.count(1, "kasse-1", 1_000)).count
        assert (count.expected_cents, count.difference_cents) == (1190, -190)
        assert [each.lines[0].business_case for each in own_receipts(shop.branch)] == [
            BusinessCase.ANFANGSBESTAND,
            BusinessCase.DIFFERENZ_SOLL_IST,
        ]
        assert [each.running_number for each in own_receipts(shop.branch)] == [900_000, 900_001]
        await shop.sell("kasse-1", sale(2))
        assert (await shop.expected("kasse-1")).expected_cents == 2_190


async def test_a_count_without_a_difference_opens_no_period(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        await shop.close(1, "kasse-1", carry_float=True)
        await shop.count(1, "kasse-1", 1_190)
        assert not own_receipts(shop.branch)
        assert (await shop.desk.x_report("kasse-1")).figures.receipt_count == 0
        drawer = await shop.expected("kasse-1")
        assert drawer.expected_cents == 1_190
        assert drawer.last_count is not None


async def test_a_second_opening_float_is_recorded_and_found(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", moved(1, BusinessCase.ANFANGSBESTAND, 5_000))
        assert reasons(shop.branch) == []
        await shop.close(1, "kasse-1", carry_float=True)
        await shop.sell("kasse-1", moved(2, BusinessCase.ANFANGSBESTAND, 5_000))
        assert reasons(shop.branch) == ["FLOAT_TWICE"]
        assert (await shop.expected("kasse-1")).expected_cents == 10_000


async def test_numbers_of_the_gateway_do_not_disturb_those_of_the_register(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        await shop.count(1, "kasse-1", 1_000)
        await shop.sell("kasse-1", sale(2))
        assert reasons(shop.branch) == []
        state = read_state(shop.branch.reader.connection, "kasse-1")
        assert (state.running_number, state.reserved_number) == (2, 900_000)


async def test_a_register_counted_before_it_ever_sold_has_what_was_found(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE, registers=["kasse-9"]) as shop:
        await shop.count(1, "kasse-9", 5_000)
        assert (await shop.expected("kasse-9")).expected_cents == 5_000
        (z,) = closed(await shop.close(1, "kasse-9"))
        assert z.closing.figures.cash == (CashFigure("DifferenzSollIst", 1, 5_000),)


class FullReserve:
    """A disk without room: nothing but what is urgent gets through."""

    def hold(self) -> bool:
        return False

    def release(self) -> bool:
        return False


async def test_on_a_full_disk_the_drawer_is_counted_and_the_day_closed(tmp_path: Path) -> None:
    """The difference's receipt is part of the count, so it goes through where a sale is told to wait."""
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
    async with open_shop(tmp_path, numbers=RANGE, reserve=FullReserve()) as shop:
        event = EventToRecord(event_id(2), 2, int(EventKind.RECEIPT), encode_receipt(sale(2)))
        refused = (await shop.branch.recorder.record("kasse-1", [event])).try_again
        assert refused is not None
        assert refused.reason == "DISK_FULL"
        await shop.count(1, "kasse-1", 1_000)
        (z,) = closed(await shop.close(1, "kasse-1", carry_float=True))
        assert (z.closing.figures.receipt_count, z.closing.carried_float_cents) == (2, 1_000)


async def test_a_branch_of_an_earlier_version_goes_on_where_it_stands(tmp_path: Path) -> None:
    """Registers had no column for a float or for numbers of the gateway."""
    connection = connect_for_writing(tmp_path / "branch.db")
    bring_up_to_date(connection, (JOURNAL, Schema("recording", RECORDING.scripts[:1])))
    connection.execute("INSERT INTO register_state VALUES ('kasse-1', 0, 7, 3, 0, 0, 0)")
    connection.close()
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        state = read_state(shop.branch.reader.connection, "kasse-1")
        assert (state.running_number, state.z_number, state.carried_cents, state.reserved_number) == (7, 3, 0, 0)
        await shop.sell("kasse-1", sale(8))
        assert (await shop.count(1, "kasse-1", 0)).count.difference_cents == -1190


async def test_a_count_that_a_register_only_tells_of_is_journaled_and_held_against_nothing(tmp_path: Path) -> None:
    """Nobody has said what should have been there, so no report may say that nothing was missing."""
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        body = encode_count(CashCount("kasse-1", NOW_MS, "anna", 77))
        event = EventToRecord(event_id(2), 2, int(EventKind.CASH_COUNT), body)
        assert (await shop.branch.recorder.record("kasse-1", [event])).settled_register_sequence == 2
        drawer = await shop.expected("kasse-1")
        assert (drawer.expected_cents, drawer.last_count) == (1190, None)
        assert recorded(shop.branch, EventKind.CASH_COUNT) == [body]


async def test_what_the_gateway_books_says_why_it_is_not_signed_where_the_register_signs(tmp_path: Path) -> None:
    """The float is booked with the receipt that opens the period, so that receipt tells whether the register has a TSE."""
    signed = TseSignature("ab" * 32, 1, 2, NOW_MS, NOW_MS, "c2ln", "Kassenbeleg-V1", "Beleg^")
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        await shop.count(1, "kasse-1", 1_000)
        await shop.close(1, "kasse-1", carry_float=True)
        await shop.sell("kasse-1", replace(sale(2), tse=signed))
        await shop.count(2, "kasse-1", 2_000)
        await shop.close(2, "kasse-1", carry_float=True)
        await shop.sell("kasse-1", replace(sale(3), tse=replace(signed, signature="", failure="offline")))
        told = [receipt.tse.failure if receipt.tse else None for receipt in own_receipts(shop.branch)]
        assert told == [None, *["Vom Gateway gebucht, ohne TSE"] * 3]
        assert [receipt.lines[0].business_case.dsfinvk for receipt in own_receipts(shop.branch)] == [
            "DifferenzSollIst",
            "Anfangsbestand",
            "DifferenzSollIst",
            "Anfangsbestand",
        ]
        figures = await shop.figures("kasse-1")
        assert (figures.receipt_count, figures.signed_count, figures.unsigned_count) == (2, 0, 1)
        await shop.sell("kasse-1", sale(4))
        await shop.count(3, "kasse-1", 0)
        assert own_receipts(shop.branch)[-1].tse is None


async def test_a_closing_that_leaves_cash_nowhere_or_less_than_nothing_is_found(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("kasse-1", sale(1))
        (left,) = closed(await shop.close(1, "kasse-1"))
        assert reasons(shop.branch) == ["CASH_NOT_CARRIED"]
        assert left.closing.figures.finding_count == 1
        assert "Bestand nicht übertragen" in left.text
        await shop.sell("kasse-1", moved(2, BusinessCase.AUSZAHLUNG, -500))
        (below,) = closed(await shop.close(2, "kasse-1", carry_float=True))
        assert reasons(shop.branch) == ["CASH_NOT_CARRIED", "CASH_NEGATIVE"]
        assert below.closing.figures.finding_count == 1
        assert "Kassenbestand negativ" in below.text
        await shop.sell("kasse-1", sale(3))
        assert (await shop.figures("kasse-1")).finding_count == 0
