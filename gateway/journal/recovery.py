"""A journal that is shortened or damaged goes on: what is wrong is written down, people are told, and registers send again.

A file that came back from a backup, or a disk that lied, ends cleanly: nothing inside it tells. The sales store's watermark, what
central has settled and what registers were told do. The journal then goes on under a new id, so that registers send again what they
still hold and nobody takes a new entry for an old one with the same number. The same helps where an entry was damaged before central
had it: the register may still hold what it was.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from branchgate.chain_walk import Damage
from branchgate.errors import TryAgain
from branchgate.events import EventKind, Finding
from branchgate.ids import new_event_id
from branchgate.records import FindingRecord, encode_finding_record
from gateway.journal.entries import BRANCH, OWN, NewEntry
from gateway.journal.incidents import (
    INDEX_REPAIRED,
    LOST,
    SHORTENED,
    acknowledge,
    write_damage,
    write_index_repaired,
    write_shortened,
)
from gateway.journal.journal import Journal, Note
from gateway.store.reindexing import reindex, reindex_elsewhere

_AT_ONCE = 64
"""Findings in one entry."""


@dataclass(frozen=True, slots=True)
class Shortened:
    """The journal ends at `head`, but `witness` has seen entry `seen`. People must be told; `findings` says it in the journal."""

    witness: str
    seen: int
    head: int
    old_journal_id: bytes
    new_journal_id: bytes
    findings: tuple[Finding, ...]


async def go_on_if_shortened(journal: Journal, seen: Mapping[str, int], now_ms: int) -> Shortened | None:
    """Compares the head with what others have `seen` of this journal id: name of the witness to the highest sequence.

    When one is ahead, goes on under a new id, recorded as a FINDING, and says so; else None. The sales store keeps the file that is
    ahead as evidence.
    """
    head = journal.head
    ahead = {witness: sequence for witness, sequence in seen.items() if sequence > head}
    if not ahead:
        return None
    return await go_on_shortened(journal, ahead, f"the journal ends at {head}", now_ms)


async def go_on_after_loss(journal: Journal, witness: str, seen: int, now_ms: int) -> Shortened:
    """The journal is a new and empty one although `witness`, a file, tells that a gateway has worked here; it had seen entry `seen`."""
    rule = "the journal was missing or empty"
    return await go_on_shortened(journal, {witness: seen}, rule, now_ms, lost=True)


async def go_on_shortened(
    journal: Journal, seen: Mapping[str, int], rule: str, now_ms: int, *, lost: bool = False
) -> Shortened:
    """Goes on under a new id because each of these witnesses has seen what is not here; `rule` says in English how that shows."""
    reason = LOST if lost else SHORTENED
    head, old_id = journal.head, journal.journal_id
    new_id = new_event_id(now_ms)
    findings = tuple(Finding(reason, witness, str(sequence), rule) for witness, sequence in seen.items())

    def decide(connection: sqlite3.Connection, head: int) -> Note:
        for witness, sequence in seen.items():
            write_shortened(connection, reason, witness, sequence, head, rule, now_ms)
        return Note([_own_finding(findings, now_ms)], new_id)

    await journal.take_note(decide)
    witness = max(seen, key=lambda name: seen[name])
    return Shortened(witness, seen[witness], head, old_id, new_id, findings)


async def record_damages(journal: Journal, damages: Sequence[Damage], settled: int, now_ms: int) -> tuple[Finding, ...]:
    """Writes down which entries are not as they were written; the journal goes on, sales must. Returns what was not known before.

    Where central does not have a damaged entry yet (it stands behind `settled`), the journal goes on under a new id: a register may
    still hold what the entry was, and sends it again.
    """

    def decide(connection: sqlite3.Connection, _head: int) -> Note | None:
        found.clear()
        new = [damage for damage in damages if write_damage(connection, damage, now_ms)]
        if not new:
            return None
        found.extend(Finding("JOURNAL_DAMAGED", "sequence", _places(damage), damage.kind.value) for damage in new)
        renewed = any(damage.through > settled for damage in new)
        entries = [_own_finding(found[start : start + _AT_ONCE], now_ms) for start in range(0, len(found), _AT_ONCE)]
        return Note(entries, new_event_id(now_ms) if renewed else None)

    found: list[Finding] = []
    await journal.take_note(decide)
    return tuple(found)


async def repair_indexes(journal: Journal, now_ms: int) -> None:
    """Makes the store's indexes anew from its tables, and writes down that it was necessary. Reads the whole store.

    Raises TryAgain (STORE_FAILED) when the tables are damaged too, sqlite3.IntegrityError when an event stands in the journal twice.
    """

    def decide(way: Callable[[sqlite3.Connection], None], connection: sqlite3.Connection, head: int) -> Note:
        way(connection)
        write_index_repaired(connection, head, now_ms)
        return Note(
            [_own_finding([Finding(INDEX_REPAIRED, "sequence", str(head), "made anew from its table")], now_ms)]
        )

    try:
        await journal.take_note(partial(decide, reindex))
    except TryAgain:
        await journal.take_note(partial(decide, reindex_elsewhere))


async def acknowledge_incidents(journal: Journal, numbers: Sequence[int], user_id: str, now_ms: int) -> int:
    """A person has taken notice; recorded as a FINDING, so that the journal tells who and when. Returns how many were open."""
    count = 0

    def decide(connection: sqlite3.Connection, _head: int) -> Note | None:
        nonlocal count
        count = acknowledge(connection, numbers, user_id, now_ms)
        if not count:
            return None
        told = ", ".join(map(str, numbers))
        return Note([_own_finding([Finding("JOURNAL_INCIDENT_ACKNOWLEDGED", "user", user_id, told)], now_ms)])

    await journal.take_note(decide)
    return count


def _places(damage: Damage) -> str:
    return str(damage.sequence) if damage.through == damage.sequence else f"{damage.sequence}–{damage.through}"


def _own_finding(findings: Sequence[Finding], now_ms: int) -> NewEntry:
    body = encode_finding_record(FindingRecord(b"", tuple(findings)))
    return NewEntry(new_event_id(now_ms), BRANCH, OWN, EventKind.FINDING, body)
