"""Looks at the virtual paper as a cashier would: which receipts lie there complete, how often, and what they say."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

_TOTAL = re.compile(r"^\s*(?:SUMME|ZU ZAHLEN|GESAMT)\s*(?:EUR)?\s+(-?[\d.]+,\d\d)\s*(?:EUR|€)?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Slip:
    """One piece of paper."""

    receipt_number: str
    copy: bool
    complete: bool
    text: str
    png: Path
    txt: Path

    @property
    def total_cents(self) -> int | None:
        """The total as printed, read back from the paper."""
        found = _TOTAL.search(self.text)
        if found is None:
            return None
        return int(found[1].replace(".", "").replace(",", ""))


@dataclass(frozen=True, slots=True)
class Paper:
    """All paper of all printers."""

    slips: tuple[Slip, ...]
    drawer_openings: int

    def originals(self) -> dict[str, list[Slip]]:
        """Complete unmarked originals by receipt number."""
        found: dict[str, list[Slip]] = {}
        for slip in self.slips:
            if slip.receipt_number and not slip.copy and slip.complete:
                found.setdefault(slip.receipt_number, []).append(slip)
        return found

    def fragments(self) -> list[Slip]:
        """Slips of receipts that did not come out complete."""
        return [slip for slip in self.slips if slip.receipt_number and not slip.complete]

    def copies(self) -> list[Slip]:
        """Complete slips that say KOPIE."""
        return [slip for slip in self.slips if slip.receipt_number and slip.copy and slip.complete]


def read_paper(*folders: Path) -> Paper:
    """Everything that has come out so far."""
    slips: list[Slip] = []
    openings = 0
    for folder in folders:
        journal = folder / "paper.jsonl"
        lines = journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []
        for line in lines:
            record = json.loads(line)
            if record["kind"] == "slip":
                slips.append(
                    Slip(
                        record["receipt_number"] or "",
                        record["copy"],
                        record["complete"],
                        record["text"],
                        folder / record["png"],
                        folder / record["txt"],
                    )
                )
            openings += record["kind"] == "drawer_pulse"
    return Paper(tuple(slips), openings)
