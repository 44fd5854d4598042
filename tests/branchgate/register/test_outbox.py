"""The outbox: what has happened stays, numbers are never lost or used twice, and a new outbox waits to be told where they stand."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from branchgate.errors import Refused, TryAgain
from branchgate.events import EventKind, Finding
from branchgate.receipts.codec import encode_receipt
from branchgate.receipts.model import Receipt
from branchgate.register.held import Answer, OutboxCounts, RefusedForGood
from branchgate.register.outbox import LARGEST_EVENT_BYTES, Outbox
from tests.branchgate.register.receipts import open_outbox, sold

JOURNAL = bytes(16)
OTHER_JOURNAL = bytes(15) + b"\x01"


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    opened = open_outbox(tmp_path)
    opened.greeted(JOURNAL, 1, 1)
    yield opened
    opened.close()


def waiting_sequences(outbox: Outbox) -> list[int]:
    return [each.event.register_sequence for each in outbox.waiting(0, 100)]


def test_a_receipt_that_happened_is_there_after_reopening(tmp_path: Path) -> None:
    outbox = open_outbox(tmp_path)
    outbox.greeted(JOURNAL, 1, 1)
    happened = outbox.add_receipt(sold, print_role="receipt")
    outbox.close()
    again = open_outbox(tmp_path)
    assert [(each.event.event_id, each.print_role) for each in again.waiting(0, 10)] == [(happened.event_id, "receipt")]
    assert again.receipts(10) == [happened]
    assert again.add_receipt(sold).receipt.receipt_number == "K1-000002"
    again.close()


def test_what_a_gateway_would_have_to_refuse_does_not_happen(outbox: Outbox) -> None:
    """A barcode scanned into the quantity field made billions; an endless event could not be sent and stood before all others."""

    def barcode_as_quantity(number: str, running: int) -> Receipt:
        made = sold(number, running)
        return replace(
            made, lines=(replace(made.lines[0], quantity_thousandths=4_006_381_333_931_000), *made.lines[1:])
        )

    def endless(number: str, running: int) -> Receipt:
        return replace(sold(number, running), note="x" * LARGEST_EVENT_BYTES)

    with pytest.raises(Refused, match="RECEIPT_IMPOSSIBLE"):
        outbox.add_receipt(barcode_as_quantity)
    with pytest.raises(Refused, match="EVENT_TOO_LARGE"):
        outbox.add_receipt(endless)
    with pytest.raises(Refused, match="EVENT_TOO_LARGE"):
        outbox.add(EventKind.PARKED, bytes(LARGEST_EVENT_BYTES + 1))
    assert outbox.add_receipt(sold).receipt.running_number == 1


def test_a_receipt_that_could_not_be_made_uses_no_number(outbox: Outbox) -> None:
    def fails(number: str, running: int) -> Receipt:
        raise Refused("CASH_NOT_ENOUGH", field="given_cents")

    outbox.add_receipt(sold)
    with pytest.raises(Refused):
        outbox.add_receipt(fails)
    happened = outbox.add_receipt(sold)
    assert (happened.register_sequence, happened.receipt.running_number) == (2, 2)


def test_a_new_outbox_takes_nothing_before_it_was_greeted(tmp_path: Path) -> None:
    """A register that lost its disk would print numbers again that are on customers' receipts."""
    outbox = open_outbox(tmp_path, first_running_number=5)
    assert not outbox.counts().numbers_known
    with pytest.raises(TryAgain) as told:
        outbox.add_receipt(sold)
    assert told.value.reason == "NUMBERS_UNKNOWN"
    with pytest.raises(TryAgain):
        outbox.add(EventKind.DRAWER, b"")
    outbox.greeted(JOURNAL, 42, 17)
    happened = outbox.add_receipt(sold)
    assert (happened.register_sequence, happened.receipt.receipt_number) == (42, "K1-000017")
    outbox.close()


def test_a_greeting_never_takes_numbers_back(outbox: Outbox) -> None:
    outbox.add_receipt(sold)
    outbox.greeted(JOURNAL, 1, 1)
    happened = outbox.add_receipt(sold)
    assert (happened.register_sequence, happened.receipt.running_number) == (2, 2)


def test_pairing_anew_may_raise_the_receipt_numbers(tmp_path: Path) -> None:
    outbox = open_outbox(tmp_path)
    outbox.greeted(JOURNAL, 1, 1)
    outbox.add_receipt(sold)
    outbox.close()
    again = open_outbox(tmp_path, first_running_number=500)
    assert again.add_receipt(sold).receipt.running_number == 500
    again.close()


def test_the_outbox_of_another_register_is_refused(tmp_path: Path) -> None:
    open_outbox(tmp_path).close()
    with pytest.raises(Refused) as told:
        open_outbox(tmp_path, owner="filiale-1/kasse-2")
    assert told.value.reason == "OUTBOX_OF_OTHER_REGISTER"
    open_outbox(tmp_path).close()


def test_an_event_is_kept_until_central_has_it(outbox: Outbox) -> None:
    first, second = outbox.add_receipt(sold), outbox.add_receipt(sold)
    outbox.answered(Answer(settled_sequence=2, central_sequence=1))
    counts = outbox.counts()
    assert (counts.pending, counts.held) == (0, 1)
    assert outbox.oldest_held() == second.register_sequence
    assert outbox.is_settled(first.event_id)
    assert outbox.is_settled(second.event_id)
    outbox.answered(Answer(settled_sequence=2, central_sequence=2))
    assert outbox.counts().held == 0
    assert outbox.oldest_held() == 3


def test_central_being_ahead_forgets_nothing_that_the_gateway_has_not_settled(outbox: Outbox) -> None:
    outbox.add_receipt(sold)
    outbox.answered(Answer(settled_sequence=0, central_sequence=9))
    assert outbox.counts().pending == 1


def test_what_a_shortened_journal_lost_is_pending_again(outbox: Outbox) -> None:
    for _ in range(4):
        outbox.add_receipt(sold)
    outbox.answered(Answer(settled_sequence=4, central_sequence=1))
    outbox.greeted(OTHER_JOURNAL, 3, 3)
    assert waiting_sequences(outbox) == [3, 4]
    # It still claims to have the second one: another journal is not believed unasked.
    assert [each.event.register_sequence for each in outbox.doubtful()] == [2]


def test_a_lost_acknowledgement_leaves_a_doubt_and_not_a_settled_event(outbox: Outbox) -> None:
    """An outbox that came back from a backup uses numbers again: the gateway's number alone must not settle its receipts."""
    happened = outbox.add_receipt(sold)
    outbox.greeted(JOURNAL, 2, 2)
    assert waiting_sequences(outbox) == []
    assert not outbox.is_settled(happened.event_id)
    outbox.answered(Answer(settled_sequence=9, central_sequence=9))
    assert outbox.counts().pending == 1
    outbox.known_to_gateway(happened.event_id, ())
    assert outbox.is_settled(happened.event_id)


def test_findings_and_refusals_stay_visible_with_their_bytes(outbox: Outbox, tmp_path: Path) -> None:
    """Told again, the refusal found the event gone from the outbox and replaced its bytes by none."""
    first, second = outbox.add_receipt(sold), outbox.add_receipt(sold)
    finding = Finding("ARTICLE_UNKNOWN", "lines[0].article_number", "10001", "not in the catalogue")
    refused = RefusedForGood(second.event_id, 2, "RECEIPT_UNREADABLE", "…")
    answer = Answer(2, 2, ((first.event_id, (finding,)),), (refused,))
    outbox.answered(answer)
    outbox.answered(answer)
    assert outbox.findings() == [(first.event_id, finding)]
    assert outbox.refused() == [refused]
    assert outbox.counts() == OutboxCounts(0, 0, refused=1, numbers_known=True, numbers_left=899_997)
    assert outbox.numbers_of_findings() == {first.event_id: "K1-000001"}
    with contextlib.closing(sqlite3.connect(tmp_path / "outbox.db")) as connection:
        (body,) = connection.execute("SELECT body FROM refused").fetchone()
    assert body == encode_receipt(second.receipt)


def test_the_gateways_part_of_the_numbers_is_not_the_registers(tmp_path: Path) -> None:
    """The register stops where the gateway's own receipts begin, and uses no number for what it refuses."""
    with contextlib.closing(open_outbox(tmp_path, first_running_number=899_999)) as outbox:
        outbox.greeted(JOURNAL, 1, 1)
        assert outbox.add_receipt(sold).receipt.receipt_number == "K1-899999"
        assert outbox.counts().numbers_left == 0
        with pytest.raises(Refused) as refused:
            outbox.add_receipt(sold)
        assert (refused.value.reason, refused.value.value) == ("NUMBER_RANGE_EXHAUSTED", "900000")
        assert outbox.counts().pending == 1


def test_a_full_disk_says_try_again_and_keeps_what_it_has(outbox: Outbox) -> None:
    outbox.add_receipt(sold)
    pages = outbox._connection.execute("PRAGMA page_count").fetchone()[0]
    outbox._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(TryAgain) as told:
        for _ in range(1000):
            outbox.add_receipt(sold)
    assert told.value.reason == "DISK_FULL"
    outbox._connection.execute("PRAGMA max_page_count = 1000000")
    numbers = [each.event.register_sequence for each in outbox.waiting(0, 2000)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert outbox.add_receipt(sold).receipt.running_number == len(numbers) + 1


def test_a_damaged_outbox_says_so(tmp_path: Path) -> None:
    open_outbox(tmp_path).close()
    with sqlite3.connect(tmp_path / "outbox.db") as connection:
        connection.execute("UPDATE meta SET value = 'x' WHERE key = 'next_register_sequence'")
    connection.close()
    outbox = open_outbox(tmp_path)
    with pytest.raises(Refused) as told:
        outbox.oldest_held()
    assert told.value.reason == "OUTBOX_DAMAGED"
    outbox.close()


def test_a_damaged_outbox_is_kept_and_told_about(tmp_path: Path) -> None:
    (tmp_path / "outbox.db").write_bytes(b"no database at all" * 400)
    with pytest.raises(Refused, match="STORE_DAMAGED"):
        open_outbox(tmp_path)
    assert (tmp_path / "outbox.db").read_bytes().startswith(b"no database")
