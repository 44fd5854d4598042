"""The page that shows whether a printer is set up right: width, umlauts, euro sign, codes, cut."""

from __future__ import annotations

from drivers.escpos.document import Align, Barcode, Columns, Cut, Document, Feed, QrCode, Rule, Symbology, Text
from drivers.escpos.profile import PrinterProfile


def trial_page(address: str, profile: PrinterProfile) -> Document:
    """Everything a receipt uses. The ruler fills the line exactly when the profile's columns are right."""
    ruler = "".join(str(column % 10) for column in range(1, profile.columns + 1))
    return Document(
        (
            Text("Testseite / Test page", Align.CENTER, bold=True, double=True),
            Text(address, Align.CENTER),
            Text(f"{profile.name}, {profile.columns} columns", Align.CENTER),
            Rule(),
            Text(ruler),
            Columns("Käse, Öl, Übergröße, Straße", "12,50 €"),
            Columns("Fett / bold", "1.234,56 €", bold=True),
            Text("@[]{}|~ stay as they are", Align.RIGHT),
            Rule(),
            QrCode(address),
            Barcode("branchgate 123", Symbology.CODE128, width=2),
            Feed(1),
            Cut(),
        )
    )
