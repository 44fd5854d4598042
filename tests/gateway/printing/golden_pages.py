"""Whole pages held to files that a person has looked at.

A page is what the virtual printer read. To write the files anew after a look changed on purpose: `BRANCHGATE_GOLDEN=write`, then read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

from drivers.escpos.document import Document
from drivers.escpos.profile import PrinterProfile
from drivers.preview import preview_text

FOLDER = Path(__file__).with_name("golden")


def compare(made: dict[str, Document], columns: int, golden: Path) -> None:
    profile = PrinterProfile("paper", columns=columns, dots=columns * 12)
    texts = {name: preview_text(document, profile) for name, document in made.items()}
    assert max(len(line) for text in texts.values() for line in text.splitlines() if "[QR" not in line) <= columns
    shown = "".join(f"### {name}\n{text}\n" for name, text in texts.items())
    if os.environ.get("BRANCHGATE_GOLDEN") == "write":
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")
