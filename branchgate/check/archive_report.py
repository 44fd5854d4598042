"""What the check of an archive shows."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from branchgate.archive.checking import ArchiveFault, ArchiveVerdict, Found, MonthDamage, check_archive
from branchgate.errors.texts import sentence_for


def report(archive: Path, *, as_json: bool) -> int:
    """Checks an archive, tells what is found, returns how much is wrong. Raises Refused (ARCHIVE_EMPTY)."""
    faults = 0
    for found in check_archive(archive):
        faults += not isinstance(found, ArchiveVerdict)
        typer.echo(json.dumps(_plain(found), ensure_ascii=False) if as_json else _told(found))
    return faults


def _plain(found: Found) -> dict[str, object]:
    match found:
        case MonthDamage():
            damage = found.damage
            return {
                "reason": damage.kind.value,
                "place": found.month,
                "first": damage.sequence,
                "last": damage.through,
            }
        case ArchiveFault():
            return {"reason": found.reason, "place": found.place, "value": found.value, "rule": found.rule}
        case ArchiveVerdict():
            return {
                "months": found.months,
                "entries": found.entries,
                "faults": found.faults,
                "last": found.last,
                "last_hash": found.last_hash,
            }


def _told(found: Found) -> str:
    match found:
        case MonthDamage():
            damage = found.damage
            places = (
                str(damage.sequence) if damage.sequence == damage.through else f"{damage.sequence}–{damage.through}"
            )
            german, english = (sentence_for(damage.kind.value, language, value=places) for language in ("de", "en"))
            return f"✗ {found.month}: {german}\n  {english}"
        case ArchiveFault():
            filled = {"field": found.place, "value": found.value, "rule": found.rule}
            german, english = (sentence_for(found.reason, language, **filled) for language in ("de", "en"))
            return f"✗ {german}\n  {english}"
        case ArchiveVerdict():
            place = (
                f"{found.months} Monate / months, {found.entries} Einträge / entries,"
                f" Prüfanker / check mark {found.last_hash[:16]}@{found.last}"
            )
            whole = "Das Archiv ist heil / the archive is whole"
            return f"{whole}: {place}" if not found.faults else f"{found.faults} Fehler / faults: {place}"
