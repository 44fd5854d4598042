"""What the check of an exported journal shows."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from branchgate.chain_walk import Damage
from branchgate.errors import Refused
from branchgate.errors.texts import sentence_for
from branchgate.journal_file import FileFault, FileVerdict, check_file


def report(path: Path, *, as_json: bool) -> int:
    """Checks a file, tells what is found, returns how much is wrong. Raises Refused (JOURNAL_FILE_UNKNOWN, FILE_NOT_READABLE)."""
    faults = 0
    try:
        with path.open("rb") as file:
            for found in check_file(file):
                faults += not isinstance(found, FileVerdict)
                typer.echo(json.dumps(_plain(found), ensure_ascii=False) if as_json else _told(found))
    except OSError as failure:
        raise Refused("FILE_NOT_READABLE", field="file", value=path, rule=failure.strerror or "") from failure
    return faults


def _plain(found: Damage | FileFault | FileVerdict) -> dict[str, object]:
    match found:
        case Damage():
            return {"reason": found.kind.value, "first": found.sequence, "last": found.through}
        case FileFault():
            return {"reason": found.reason, "line": found.line}
        case FileVerdict():
            return {
                "entries": found.entries,
                "head": found.head,
                "head_hash": found.head_hash.hex(),
                "faults": found.faults,
            }


def _told(found: Damage | FileFault | FileVerdict) -> str:
    match found:
        case Damage():
            places = str(found.sequence) if found.sequence == found.through else f"{found.sequence}–{found.through}"
            said = (sentence_for(found.kind.value, language, value=places) for language in ("de", "en"))
        case FileFault():
            said = (sentence_for(found.reason, language, value=str(found.line)) for language in ("de", "en"))
        case FileVerdict():
            place = (
                f"{found.entries} Einträge / entries, Prüfanker / check mark {found.head_hash.hex()[:16]}@{found.head}"
            )
            whole = "Die Kette ist heil / the chain is whole"
            return f"{whole}: {place}" if not found.faults else f"{found.faults} Fehler / faults: {place}"
    german, english = said
    return f"✗ {german}\n  {english}"
