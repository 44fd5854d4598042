"""A document as it will look on paper, without a printer: as text, as PNG and as SVG, from the bytes that a printer would get.

python docs/examples/preview_a_page.py FOLDER
"""

import sys
from pathlib import Path

from drivers.escpos.document import Align, Columns, Cut, Document, QrCode, Rule, Text
from drivers.escpos.profile import PROFILES
from drivers.preview import preview_png, preview_svg, preview_text

PAGE = Document(
    (
        Text("Hofladen", Align.CENTER, bold=True, double=True),
        Columns("2 Äpfel", "1,20 €"),
        Rule(),
        Columns("SUMME", "1,20 €", bold=True),
        QrCode("https://hofladen.example/bon/1"),
        Cut(),
    )
)


def main(folder: Path) -> None:
    """The narrow paper: 32 columns."""
    profile = PROFILES["generic-58"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.png").write_bytes(preview_png(PAGE, profile))
    (folder / "page.svg").write_text(preview_svg(PAGE, profile, title="Hofladen"), encoding="utf-8")
    print(preview_text(PAGE, profile))


main(Path(sys.argv[1]))
