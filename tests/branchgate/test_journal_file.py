"""A journal as a file: whole when it is whole, and whatever is changed in it is named."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.chain import GENESIS, header, link
from branchgate.chain_walk import Damage, DamageKind, StoredEntry
from branchgate.errors import Refused
from branchgate.journal_file import CUT, FileFault, FileHeader, FileVerdict, check_file, file_lines

ENTRIES = 8
HEADER = FileHeader("mitte", bytes(16), 0, GENESIS, 5)


def entries() -> list[StoredEntry]:
    made, previous = [], GENESIS
    for sequence in range(1, ENTRIES + 1):
        event_id, body = sequence.to_bytes(16, "big"), f"sale {sequence}".encode()
        previous = link(previous, header(sequence, event_id, b"k1", sequence, 1, 9, len(body)), body)
        made.append(StoredEntry(sequence, event_id, b"k1", sequence, 1, 9, body, previous))
    return made


LINES = list(file_lines(HEADER, entries()))


def faults(lines: list[bytes]) -> list[Damage | FileFault]:
    found = list(check_file(lines))
    verdict = found[-1]
    assert isinstance(verdict, FileVerdict)
    assert verdict.faults == len(found) - 1
    return [one for one in found if not isinstance(one, FileVerdict)]


def test_a_whole_file_has_no_fault_and_ends_with_the_check_mark() -> None:
    assert list(check_file(LINES)) == [FileVerdict(HEADER, ENTRIES, ENTRIES, entries()[-1].chain_hash, 0)]


def test_a_file_may_begin_anywhere() -> None:
    later = FileHeader("mitte", bytes(16), 3, entries()[2].chain_hash, 5)
    assert faults(list(file_lines(later, entries()[3:]))) == []
    assert faults(list(file_lines(later, entries()[4:]))) != []


@given(line=st.integers(1, ENTRIES), place=st.floats(0, 1), byte=st.integers(0, 255))
@settings(max_examples=300)
def test_any_changed_byte_of_any_entry_is_noticed(line: int, place: float, byte: int) -> None:
    text = bytearray(LINES[line])
    at = min(int(place * len(text)), len(text) - 2)
    if text[at] == byte:
        return
    text[at] = byte
    lines = [*LINES[:line], bytes(text), *LINES[line + 1 :]]
    try:
        same = json.loads(text) == json.loads(LINES[line]) or text.lower() == LINES[line].lower()
    except ValueError:
        same = False
    assert same or faults(lines)


@pytest.mark.parametrize("kept", range(1, ENTRIES + 1))
def test_a_file_that_was_cut_short_says_so(kept: int) -> None:
    assert faults(LINES[:kept]) == [FileFault(CUT, kept)]


def test_an_entry_taken_out_is_named() -> None:
    found = faults([*LINES[:4], *LINES[5:]])
    assert [(one.sequence, one.kind) for one in found if isinstance(one, Damage)] == [
        (4, DamageKind.MISSING),
        (5, DamageKind.UNPROVED),
    ]


def test_what_was_damaged_in_the_journal_is_damaged_in_the_file() -> None:
    spoilt = entries()
    spoilt[2] = spoilt[2]._replace(body=b"other")
    spoilt[5] = spoilt[5]._replace(kind="text", event_id=None)
    found = faults(list(file_lines(HEADER, spoilt)))
    assert [(one.sequence, one.kind) for one in found if isinstance(one, Damage)] == [
        (3, DamageKind.CHANGED),
        (6, DamageKind.IMPOSSIBLE),
    ]


@pytest.mark.parametrize("first", [b"", b"{}\n", b"[]\n", b'{"form": "other"}\n', b"\xff\n", LINES[1]])
def test_what_is_no_journal_file_is_refused(first: bytes) -> None:
    with pytest.raises(Refused, match="JOURNAL_FILE_UNKNOWN"):
        list(check_file([first, *LINES[1:]]))


@given(st.lists(st.binary(max_size=80), max_size=6))
def test_noise_behind_the_first_line_is_named_and_never_raises(noise: list[bytes]) -> None:
    assert faults([LINES[0], *noise, LINES[-1]])
