"""Parking, resuming, ending: who may do what, and what the journal keeps of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from branchgate.errors import Refused, RefusedKind
from branchgate.errors.texts import sentence
from branchgate.events import EventKind
from branchgate.ids import derived_id
from branchgate.receipts.model import BusinessCase, ReceiptType
from branchgate.receipts.parked import ParkedStep
from gateway.parked import Ended, ParkedAtClosing
from gateway.parked.ending import lines_missing
from gateway.parked.rules import MOST_PARKED
from gateway.recording import EventToRecord
from tests.gateway.branch import event_id, sale
from tests.gateway.parked.shop import (
    Shop,
    abandoned,
    listed,
    open_parked_shop,
    paid,
    parked_receipt,
    replayed,
    request,
    table,
)

MUELLER = parked_receipt(1)
MEIER = parked_receipt(2, title="Meier", lines=3)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_parked_shop(tmp_path) as opened:
        yield opened
        assert replayed(opened.entries()) == table(opened.branch)


async def refused(awaitable: object) -> Refused:
    with pytest.raises(Refused) as told:
        await awaitable  # type: ignore[misc]
    return told.value


async def test_what_one_register_parks_another_resumes_and_pays(shop: Shop) -> None:
    parked = await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    assert (parked.receipt, parked.owner, parked.parked_at_register) == (MUELLER, "", "kasse-1")
    shop.branch.clock.advance(5_000)
    resumed = await shop.desk.resume(MUELLER.parked_id, "kasse-2", "bela")
    assert (resumed.receipt, resumed.owner) == (MUELLER, "kasse-2")
    assert resumed.resumed_at_ms == resumed.parked_at_ms + 5_000
    assert await shop.pay("kasse-2", MUELLER) == []
    assert shop.desk.rows() == []
    assert table(shop.branch) == {MUELLER.parked_id: Ended(MUELLER.parked_id, ParkedStep.PAID, shop.last_event_id)}
    steps = [(each.step, each.register_id, each.user_id) for each in shop.changes()]
    assert steps == [
        (ParkedStep.PARKED, "kasse-1", "anna"),
        (ParkedStep.RESUMED, "kasse-2", "bela"),
        (ParkedStep.PAID, "kasse-2", "u1"),
    ]


async def test_an_abandoned_receipt_ends_it_as_abandoned(shop: Shop) -> None:
    await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    await shop.desk.resume(MUELLER.parked_id, "kasse-1", "anna")
    await shop.hand_in("kasse-1", abandoned(MUELLER))
    assert shop.changes()[-1].step is ParkedStep.ABANDONED
    assert shop.changes()[-1].receipt_event_id == shop.last_event_id


async def test_the_end_stands_behind_its_receipt_and_the_findings_about_it(shop: Shop) -> None:
    """What is found about an event is looked for right behind it."""
    await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    await shop.desk.resume(MUELLER.parked_id, "kasse-1", "anna")
    found = await shop.pay("kasse-1", MUELLER, lines=MUELLER.lines[:1])
    assert [each.reason for each in found] == ["PARKED_LINES_MISSING"]
    assert [entry.kind for entry in shop.entries()][-3:] == [EventKind.RECEIPT, EventKind.FINDING, EventKind.PARKED]
    again = await shop.branch.recorder.record("kasse-1", [_last_event(shop)])
    assert [each.reason for about in again.findings for each in about.findings] == ["PARKED_LINES_MISSING"]
    assert len(shop.changes()) == 3


async def test_of_two_registers_that_resume_at_once_one_gets_it_and_the_other_hears_who(shop: Shop) -> None:
    await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    answers = await asyncio.gather(
        *(shop.desk.resume(MUELLER.parked_id, f"kasse-{number}", "anna") for number in range(1, 6)),
        return_exceptions=True,
    )
    (got,) = [each for each in answers if not isinstance(each, BaseException)]
    others = [each for each in answers if isinstance(each, Refused)]
    assert len(others) == 4
    for other in others:
        assert (other.reason, other.value, other.kind) == ("PARKED_AT_OTHER_REGISTER", got.owner, RefusedKind.NOT_NOW)
        assert f"„Müller“ wird gerade an Kasse „{got.owner}“ bearbeitet" in sentence(other, "de")


async def test_the_owner_gets_the_lines_as_often_as_it_asks(shop: Shop) -> None:
    """A till that dies after it resumed has nothing but the id."""
    await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    first = await shop.desk.resume(MUELLER.parked_id, "kasse-2", "bela")
    shop.branch.clock.advance(60_000)
    assert await shop.desk.resume(MUELLER.parked_id, "kasse-2", "cem") == first
    assert len(shop.changes()) == 2


async def test_the_same_request_gives_the_same_answer_whatever_has_become_of_it(shop: Shop) -> None:
    first = await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    shop.branch.clock.advance(60_000)
    assert await shop.desk.park(request(1), "kasse-1", "anna", MUELLER) == first
    await shop.desk.resume(MUELLER.parked_id, "kasse-2", "bela")
    assert await shop.desk.park(request(1), "kasse-1", "anna", MUELLER) == first
    await shop.pay("kasse-2", MUELLER)
    assert await shop.desk.park(request(1), "kasse-1", "anna", MUELLER) == first
    assert [each.step.name for each in shop.changes()] == ["PARKED", "RESUMED", "PAID"]


async def test_a_request_id_with_another_receipt_or_user_is_refused(shop: Shop) -> None:
    await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    for user, receipt in (("bela", MUELLER), ("anna", replace(MUELLER, title="Maier")), ("anna", MEIER)):
        told = await refused(shop.desk.park(request(1), "kasse-1", user, receipt))
        assert (told.reason, told.kind) == ("REQUEST_ID_REUSED", RefusedKind.EXISTS)
    assert len(shop.changes()) == 1


async def test_request_ids_of_two_registers_have_nothing_to_do_with_each_other(shop: Shop) -> None:
    await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    await shop.desk.park(request(1), "kasse-2", "anna", MEIER)
    assert [row.title for row in shop.desk.rows()] == ["Müller", "Meier"]


async def test_a_request_whose_id_an_event_of_the_register_took_is_refused(shop: Shop) -> None:
    taken = derived_id("parked", b"kasse-1", request(1))
    await shop.branch.recorder.record("kasse-1", [sale(1)._replace(event_id=taken)])
    assert (await refused(shop.desk.park(request(1), "kasse-1", "anna", MUELLER))).reason == "REQUEST_ID_REUSED"


async def test_parked_again_by_its_owner_the_lines_are_new_and_the_age_is_not(shop: Shop) -> None:
    first = await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    await shop.desk.resume(MUELLER.parked_id, "kasse-2", "bela")
    shop.branch.clock.advance(60_000)
    more = replace(parked_receipt(1, lines=4), title="Müller, Tisch 3")
    again = await shop.desk.park(request(2), "kasse-2", "bela", more)
    assert (again.receipt, again.owner, again.parked_at_register) == (more, "", "kasse-2")
    assert again.parked_at_ms == first.parked_at_ms
    assert shop.desk.rows() == [listed(again)]


async def test_who_does_not_own_it_cannot_park_it_again(shop: Shop) -> None:
    await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    assert (await refused(shop.desk.park(request(2), "kasse-1", "anna", MUELLER))).reason == "PARKED_WAITS"
    await shop.desk.resume(MUELLER.parked_id, "kasse-2", "bela")
    told = await refused(shop.desk.park(request(2), "kasse-1", "anna", MUELLER))
    assert (told.reason, told.value) == ("PARKED_AT_OTHER_REGISTER", "kasse-2")
    await shop.pay("kasse-2", MUELLER)
    assert (await refused(shop.desk.park(request(2), "kasse-2", "anna", MUELLER))).reason == "PARKED_GONE"
    assert (await refused(shop.desk.resume(MUELLER.parked_id, "kasse-2", "anna"))).reason == "PARKED_GONE"


async def test_what_was_never_parked_cannot_be_resumed_or_released(shop: Shop) -> None:
    for call in (
        shop.desk.resume(MUELLER.parked_id, "kasse-1", "anna"),
        shop.desk.release(MUELLER.parked_id, "chef"),
    ):
        told = await refused(call)
        assert (told.reason, told.kind) == ("PARKED_UNKNOWN", RefusedKind.NOT_FOUND)


async def test_an_operator_releases_it_from_a_dead_register(shop: Shop) -> None:
    await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    await shop.desk.resume(MUELLER.parked_id, "kasse-1", "anna")
    released = await shop.desk.release(MUELLER.parked_id, "chef")
    assert (released.owner, released.resumed_at_ms, released.receipt) == ("", 0, MUELLER)
    change = shop.changes()[-1]
    assert (change.step, change.register_id, change.user_id) == (ParkedStep.RELEASED, "", "chef")
    assert shop.entries()[-1].register_id == ""
    assert (await shop.desk.resume(MUELLER.parked_id, "kasse-2", "bela")).owner == "kasse-2"


async def test_releasing_what_waits_changes_nothing(shop: Shop) -> None:
    parked = await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    assert await shop.desk.release(MUELLER.parked_id, "chef") == parked
    assert len(shop.changes()) == 1


async def test_a_receipt_of_a_register_that_does_not_own_it_is_recorded_and_ends_nothing(shop: Shop) -> None:
    await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    (waiting,) = await shop.pay("kasse-1", MUELLER)
    assert (waiting.reason, waiting.value, waiting.rule) == ("PARKED_NOT_OWNED", "Müller", "nobody owns it")
    await shop.desk.resume(MUELLER.parked_id, "kasse-2", "bela")
    (elsewhere,) = await shop.pay("kasse-1", MUELLER)
    assert (elsewhere.reason, elsewhere.rule) == ("PARKED_NOT_OWNED", "kasse-2 owns it")
    assert [row.owner for row in shop.desk.rows()] == ["kasse-2"]
    assert len(shop.entries(EventKind.RECEIPT)) == 2


async def test_a_second_receipt_for_it_is_recorded_with_the_first_one_named(shop: Shop) -> None:
    await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    await shop.desk.resume(MUELLER.parked_id, "kasse-1", "anna")
    await shop.pay("kasse-1", MUELLER)
    first = shop.last_event_id
    (found,) = await shop.pay("kasse-1", MUELLER)
    assert (found.reason, found.rule) == ("PARKED_ENDED_ALREADY", f"PAID by receipt {first.hex()}")
    assert table(shop.branch)[MUELLER.parked_id] == Ended(MUELLER.parked_id, ParkedStep.PAID, first)


async def test_two_receipts_for_it_in_one_message_are_told_apart(shop: Shop) -> None:
    await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    await shop.desk.resume(MUELLER.parked_id, "kasse-1", "anna")
    events = [shop.event("kasse-1", paid(MUELLER)), shop.event("kasse-1", paid(MUELLER))]
    recorded = await shop.branch.recorder.record("kasse-1", events)
    assert [(each.event_id, each.findings[0].reason) for each in recorded.findings] == [
        (events[1].event_id, "PARKED_ENDED_ALREADY")
    ]


@pytest.mark.parametrize("parked_id", [bytes(16), b"x", bytes(100_000)])
async def test_a_receipt_that_names_something_unknown_is_recorded(shop: Shop, parked_id: bytes) -> None:
    (found,) = await shop.pay("kasse-1", MUELLER, parked_id=parked_id)
    assert (found.reason, found.value) == ("PARKED_UNKNOWN", parked_id[:16].hex())
    assert len(shop.entries(EventKind.RECEIPT)) == 1


@pytest.mark.parametrize("kind", [ReceiptType.AV_TRAINING, ReceiptType.AV_BESTELLUNG, ReceiptType.AV_SACHBEZUG])
async def test_practising_with_it_leaves_it_open(shop: Shop, kind: ReceiptType) -> None:
    await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    await shop.desk.resume(MUELLER.parked_id, "kasse-1", "anna")
    found = await shop.pay("kasse-1", MUELLER, type=kind)
    assert [each.reason for each in found if each.reason.startswith("PARKED")] == ["PARKED_STILL_OPEN"]
    assert [row.owner for row in shop.desk.rows()] == ["kasse-1"]
    assert [each.reason for each in await shop.pay("kasse-1", MUELLER)] == []


async def test_a_line_that_is_voided_is_not_missing_and_one_that_is_left_out_is(shop: Shop) -> None:
    for number in (1, 2, 3):
        parked = parked_receipt(number)
        await shop.desk.park(request(number), "kasse-1", "anna", parked)
        await shop.desk.resume(parked.parked_id, "kasse-1", "anna")
    voided = (MUELLER.lines[0], replace(MUELLER.lines[1], voided=True))
    assert await shop.pay("kasse-1", parked_receipt(1), lines=voided) == []
    (found,) = await shop.pay("kasse-1", parked_receipt(2), lines=MUELLER.lines[1:])
    assert (found.reason, found.value) == ("PARKED_LINES_MISSING", "Müller")
    more = (*MUELLER.lines, replace(MUELLER.lines[0], line_number=3))
    assert await shop.pay("kasse-1", parked_receipt(3), lines=more) == []


def test_lines_may_be_put_together_and_split_but_not_be_less() -> None:
    cola = MUELLER.lines[0]
    two = replace(cola, quantity_thousandths=2_000)
    assert lines_missing([cola, cola], [two]) == lines_missing([two], [cola, cola]) == 0
    assert lines_missing([two], [cola]) == 1_000
    back = replace(cola, quantity_thousandths=-1_000)
    assert lines_missing([cola], [back]) == lines_missing([back], [cola]) == 1_000
    assert lines_missing([cola], [replace(cola, article_number="other")]) == 1_000


def test_a_discount_may_follow_what_became_of_the_lines() -> None:
    discount = replace(MUELLER.lines[0], business_case=BusinessCase.RABATT, quantity_thousandths=-1_000)
    assert lines_missing([*MUELLER.lines, discount], MUELLER.lines) == 0


async def test_no_more_than_a_thousand_are_parked_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.parked.rules.MOST_PARKED", 2)
    assert MOST_PARKED == 1_000
    await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    await shop.desk.park(request(2), "kasse-1", "anna", MEIER)
    third = parked_receipt(3)
    told = await refused(shop.desk.park(request(3), "kasse-1", "anna", third))
    assert (told.reason, told.kind) == ("PARKED_TOO_MANY", RefusedKind.NOT_NOW)
    await shop.desk.resume(MUELLER.parked_id, "kasse-1", "anna")
    await shop.desk.park(request(4), "kasse-1", "anna", MUELLER)
    await shop.desk.resume(MEIER.parked_id, "kasse-1", "anna")
    await shop.pay("kasse-1", MEIER)
    assert (await shop.desk.park(request(3), "kasse-1", "anna", third)).receipt == third


async def test_a_register_cannot_tell_the_journal_that_something_was_parked(shop: Shop) -> None:
    event = EventToRecord(event_id(1), 1, int(EventKind.PARKED), b"")
    recorded = await shop.branch.recorder.record("kasse-1", [event])
    assert [each.finding.reason for each in recorded.refused] == ["EVENT_KIND_NOT_ALLOWED"]
    assert shop.changes() == []


async def test_a_closing_accounts_for_what_its_register_works_on_and_for_what_waits_there(shop: Shop) -> None:
    for number in range(1, 5):
        await shop.desk.park(request(number), "kasse-1", "anna", parked_receipt(number))
        shop.branch.clock.advance(1)
    await shop.desk.resume(parked_receipt(1).parked_id, "kasse-2", "bela")
    await shop.desk.resume(parked_receipt(2).parked_id, "kasse-1", "anna")
    at_closing = ParkedAtClosing(shop.branch.journal, shop.branch.clock)
    here = {
        name: [each.parked_id[-1] for each in at_closing.parked_of(shop.branch.reader.connection, name)]
        for name in ("kasse-1", "kasse-2", "kasse-3", None)
    }
    assert here == {"kasse-1": [2, 3, 4], "kasse-2": [1], "kasse-3": [], None: [1, 2, 3, 4]}


async def test_carried_over_it_stays_as_it_is_and_tells_how_often(shop: Shop) -> None:
    await shop.desk.park(request(1), "kasse-1", "anna", MUELLER)
    await shop.desk.park(request(2), "kasse-1", "anna", MEIER)
    await shop.desk.resume(MEIER.parked_id, "kasse-1", "anna")
    at_closing = ParkedAtClosing(shop.branch.journal, shop.branch.clock)
    ids = [MUELLER.parked_id, MEIER.parked_id, bytes(16)]
    for _ in range(2):
        await shop.branch.writer.submit(lambda connection: at_closing.carry_over_in(connection, ids, "chef"))
    rows = shop.desk.rows()
    assert [(row.title, row.owner, row.carried_over) for row in rows] == [("Müller", "", 2), ("Meier", "kasse-1", 2)]
    over = shop.changes()[-4:]
    assert {(each.step, each.user_id) for each in over} == {(ParkedStep.CARRIED_OVER, "chef")}
    assert [entry.register_id for entry in shop.entries()][-4:] == ["kasse-1"] * 4
    again = await shop.desk.park(request(3), "kasse-1", "anna", MEIER)
    assert again.carried_over == 2


def _last_event(shop: Shop) -> EventToRecord:
    (*_, entry) = shop.entries(EventKind.RECEIPT)
    return EventToRecord(entry.event_id, entry.register_sequence, int(entry.kind), entry.body)
