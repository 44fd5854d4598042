"""What central holds: told at every session, moved by acknowledgements, never by what was only sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.events import EventKind
from branchgate.records import FindingRecord, encode_finding_record, event_bytes
from gateway.journal.entries import OWN, Entry
from gateway.uplink.standing import Standing


def entry(sequence: int, register_id: str = "k1", register_sequence: int = 0) -> Entry:
    return Entry(sequence, b"%016d" % sequence, register_id, register_sequence, EventKind.RECEIPT, 0, b"", b"")


def test_sending_alone_moves_nothing() -> None:
    standing = Standing()
    standing.told(4, {"k1": 3})
    standing.sending([entry(5, register_sequence=4), entry(6)])
    assert (standing.sequence, standing.sent, standing.unsettled) == (4, 6, 2)
    assert standing.register_sequence("k1") == 3


def test_what_is_remembered_from_the_last_run_is_central_s_place_until_central_speaks() -> None:
    """With central away after a restart, everything was said to wait; registers forget nothing on memory alone."""
    standing = Standing(remembered=17)
    assert (standing.sequence, standing.sent, standing.register_sequence("k1")) == (17, 17, 0)
    standing.told(12, {"k1": 3})
    assert (standing.sequence, standing.register_sequence("k1")) == (12, 3)


def test_a_register_that_sent_something_late_forgets_nothing_until_it_is_at_central() -> None:
    """Its later events were at central long before: by their numbers alone it would delete the only other copy."""
    standing = Standing()
    standing.told(7, {"k1": 5, "k2": 4})
    standing.hold("k1", 9)
    standing.hold("k1", 8)
    assert (standing.register_sequence("k1"), standing.register_sequence("k2")) == (0, 4)
    standing.sending([entry(8, "k1"), entry(9, "k1")])
    standing.settled(8)
    assert standing.register_sequence("k1") == 0
    standing.settled(9)
    assert standing.register_sequence("k1") == 5


def test_a_gateway_that_starts_holds_all_that_its_journal_holds() -> None:
    """It does not know any more who sent something late."""
    standing = Standing(remembered=3, held_through=4)
    standing.told(3, {"k1": 5})
    assert standing.register_sequence("k1") == 0
    standing.told(4, {"k1": 5})
    assert standing.register_sequence("k1") == 5


def test_a_new_session_forgets_what_was_under_way() -> None:
    standing = Standing()
    standing.sending([entry(1, register_sequence=1)])
    standing.told(0, {})
    assert (standing.sent, standing.unsettled, standing.register_sequence("k1")) == (0, 0, 0)


@pytest.mark.parametrize("refused", [False, True])
def test_a_copy_beside_a_damaged_entry_counts_as_the_event_that_it_brings(refused: bool) -> None:
    """The last event of a register rotted: nothing else would ever tell the register that central has it in any form."""
    sent = event_bytes(event_id=b"%016d" % 4, register_sequence=4, kind=EventKind.RECEIPT, body=b"as it was")
    kind, body = EventKind.CONFLICT, sent
    if refused:
        kind, body = EventKind.FINDING, encode_finding_record(FindingRecord(b"%016d" % 4, (), True, sent))
    standing = Standing()
    standing.told(0, {"k1": 3})
    standing.passing_over(5)
    standing.sending([Entry(6, b"%016d" % 6, "k1", OWN, kind, 0, body, b"")])
    standing.settled(5)
    assert standing.register_sequence("k1") == 3
    standing.settled(6)
    assert standing.register_sequence("k1") == 4


@given(st.lists(st.tuples(st.sampled_from(["k1", "k2", ""]), st.booleans()), max_size=30), st.data())
def test_acknowledgements_move_each_register_to_its_highest_settled_event(
    rows: list[tuple[str, bool]], data: st.DataObject
) -> None:
    standing = Standing()
    counts: dict[str, int] = {}
    entries = []
    for sequence, (register_id, from_register) in enumerate(rows, start=1):
        number = 0
        if from_register and register_id:
            number = counts[register_id] = counts.get(register_id, 0) + 1
        entries.append(entry(sequence, register_id, number))
    standing.sending(entries)
    settled = 0
    while settled < len(entries):
        settled = data.draw(st.integers(settled, len(entries)), label="settled")
        standing.settled(settled)
        assert standing.sequence == settled
        for register_id in ("k1", "k2"):
            highest = max((e.register_sequence for e in entries[:settled] if e.register_id == register_id), default=0)
            assert standing.register_sequence(register_id) == highest
        if settled == len(entries) or not data.draw(st.booleans(), label="go on"):
            break
    standing.settled(0)
    assert standing.sequence == settled
