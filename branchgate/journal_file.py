"""A journal as a file: one JSON object per line, so that anybody can read it and verify its chain with nothing but SHA-256.

    {"form": "branchgate-journal-1", "branch_id", "journal_id", "after", "after_hash", "exported_at_ms"}    the first line
    {"sequence", "event_id", "register_id", "register_sequence", "kind", "recorded_at_ms", "body", "chain_hash"}    one per entry
    {"entries", "head", "head_hash"}    the last line: without it the file was cut short

Ids and hashes are hexadecimal, bodies base64 (RFC 4648, 4), times UTC milliseconds; how hashes are made stands in `branchgate.chain`.
`after` is the sequence before the first entry, 0 at the journal's beginning, and `after_hash` its hash, to which the first entry is
chained. Values that no entry has are null. Damaged entries stand in the file as they were found.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from branchgate.chain_walk import ChainWalk, Damage, StoredEntry
from branchgate.errors import Refused

FORM = "branchgate-journal-1"
"""The form of the file, in its first line."""

MALFORMED = "JOURNAL_FILE_MALFORMED"
CUT = "JOURNAL_FILE_CUT"


@dataclass(frozen=True, slots=True)
class FileHeader:
    """Whose journal it is and where the file begins; `exported_at_ms` is UTC."""

    branch_id: str
    journal_id: bytes
    after: int
    after_hash: bytes
    exported_at_ms: int


@dataclass(frozen=True, slots=True)
class FileFault:
    """Something wrong with the file itself: MALFORMED or CUT, in line number `line`."""

    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What a file holds: `faults` of any kind, `entries` up to `head` with its hash, of the journal in its header (None without one)."""

    header: FileHeader | None
    entries: int
    head: int
    head_hash: bytes
    faults: int


def file_lines(header: FileHeader, entries: Iterable[StoredEntry]) -> Iterator[bytes]:
    """The lines of a file, each with its end."""
    yield _line(
        {
            "form": FORM,
            "branch_id": header.branch_id,
            "journal_id": header.journal_id.hex(),
            "after": header.after,
            "after_hash": header.after_hash.hex(),
            "exported_at_ms": header.exported_at_ms,
        }
    )
    count, head, head_hash = 0, header.after, header.after_hash.hex()
    for entry in entries:
        plain = _plain(entry)
        count, head, head_hash = count + 1, entry.sequence, plain["chain_hash"]
        yield _line(plain)
    yield _line({"entries": count, "head": head, "head_hash": head_hash})


def check_file(lines: Iterable[bytes]) -> Iterator[Damage | FileFault | FileVerdict]:
    """Verifies a file line by line; the last is the verdict. Raises Refused (JOURNAL_FILE_UNKNOWN) when it is none of these files."""
    numbered = enumerate(lines, start=1)
    header = _header(next(numbered, (1, b""))[1])
    walk, faults = ChainWalk(header.after, header.after_hash), 0
    last: dict[str, Any] | None = None
    line = 1
    for line, text in numbered:
        found: list[Damage | FileFault] = []
        try:
            plain = json.loads(text)
            if last is not None:
                found.append(FileFault(MALFORMED, line))
            elif "entries" in plain:
                last = plain
            else:
                found += walk.feed(_entry(plain))
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
            found.append(FileFault(MALFORMED, line))
        faults += len(found)
        yield from found
    at_the_end: list[Damage | FileFault] = [*walk.finish()]
    if last is None:
        at_the_end.append(FileFault(CUT, line))
    elif (last.get("entries"), last.get("head")) != (walk.entries, walk.sequence):
        at_the_end.append(FileFault(MALFORMED, line))
    yield from at_the_end
    yield FileVerdict(header, walk.entries, walk.sequence, walk.chain_hash, faults + len(at_the_end))


def _line(plain: dict[str, Any]) -> bytes:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(entry: StoredEntry) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "event_id": _hex(entry.event_id),
        "register_id": entry.register_id.decode("utf-8", "replace") if isinstance(entry.register_id, bytes) else None,
        "register_sequence": _whole(entry.register_sequence),
        "kind": _whole(entry.kind),
        "recorded_at_ms": _whole(entry.recorded_at_ms),
        "body": base64.b64encode(entry.body).decode() if isinstance(entry.body, bytes) else None,
        "chain_hash": _hex(entry.chain_hash),
    }


def _entry(plain: dict[str, Any]) -> StoredEntry:
    sequence, register_id, body = plain["sequence"], plain["register_id"], plain["body"]
    if not isinstance(sequence, int):
        raise TypeError("sequence")
    return StoredEntry(
        sequence,
        _bytes(plain["event_id"]),
        None if register_id is None else register_id.encode(),
        plain["register_sequence"],
        plain["kind"],
        plain["recorded_at_ms"],
        None if body is None else base64.b64decode(body, validate=True),
        _bytes(plain["chain_hash"]),
    )


def _header(text: bytes) -> FileHeader:
    try:
        plain = json.loads(text)
        if plain["form"] == FORM:
            journal_id, after_hash = bytes.fromhex(plain["journal_id"]), bytes.fromhex(plain["after_hash"])
            return FileHeader(
                str(plain["branch_id"]), journal_id, int(plain["after"]), after_hash, int(plain["exported_at_ms"])
            )
    except (ValueError, KeyError, TypeError) as failure:
        raise Refused("JOURNAL_FILE_UNKNOWN", field="file", rule=FORM) from failure
    raise Refused("JOURNAL_FILE_UNKNOWN", field="file", rule=FORM)


def _hex(value: Any) -> str | None:
    return value.hex() if isinstance(value, bytes) else None


def _bytes(text: Any) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) else None
