"""A shortened journal is noticed: somebody has seen entries that are not here any more.

A file that came back from a backup, or a disk that lied, ends cleanly: nothing inside it tells. The sales store's watermark and what
central has settled do. The journal then goes on under a new id, so that registers send again what they still hold and nobody takes a
new entry for an old one with the same number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from branchgate.events import EventKind, Finding
from branchgate.ids import new_event_id
from branchgate.records import FindingRecord, encode_finding_record
from gateway.journal.entries import BRANCH, OWN, NewEntry
from gateway.journal.journal import Journal
from gateway.journal.verification import Damage


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
    head, old_id = journal.head, journal.journal_id
    ahead = {witness: sequence for witness, sequence in seen.items() if sequence > head}
    if not ahead:
        return None
    findings = tuple(
        Finding("JOURNAL_SHORTENED", witness, str(sequence), f"the journal ends at {head}")
        for witness, sequence in ahead.items()
    )
    new_id = new_event_id(now_ms)
    await journal.go_on_under(new_id, _own_finding(findings, now_ms))
    witness = max(ahead, key=lambda name: ahead[name])
    return Shortened(witness, ahead[witness], head, old_id, new_id, findings)


async def record_damage(journal: Journal, damage: Damage, now_ms: int) -> Finding:
    """Writes down that an entry is not as it was written; the journal goes on, sales must."""
    finding = Finding("JOURNAL_DAMAGED", "sequence", str(damage.sequence), f"entry {damage.sequence} {damage.what}")
    await journal.append(_own_finding((finding,), now_ms))
    return finding


def _own_finding(findings: tuple[Finding, ...], now_ms: int) -> NewEntry:
    body = encode_finding_record(FindingRecord(b"", findings))
    return NewEntry(new_event_id(now_ms), BRANCH, OWN, EventKind.FINDING, body)
