"""What reports say, in German and English. The German terms are those a German auditor looks for."""

from __future__ import annotations

from typing import Literal

Language = Literal["de", "en"]


def language_of(setting: str) -> Language:
    """The language of a branch's settings; German unless it says English."""
    return "en" if setting == "en" else "de"


def word(name: str, language: Language) -> str:
    """One entry of the table; KeyError for a name that is not in it."""
    german, english = _WORDS[name]
    return german if language == "de" else english


def business_case_word(dsfinvk: str, language: Language) -> str:
    """A business case as people say it; DSFinV-K's own term when the table has none."""
    german, english = _BUSINESS_CASES.get(dsfinvk, (dsfinvk, dsfinvk))
    return german if language == "de" else english


def payment_word(dsfinvk: str, name: str, language: Language) -> str:
    """A way of paying: the name as printed on receipts, else the type."""
    german, english = _PAYMENTS.get(dsfinvk, (dsfinvk, dsfinvk))
    kind = german if language == "de" else english
    return f"{kind} {name}" if name and name != kind else kind


_WORDS: dict[str, tuple[str, str]] = {
    # Titles and marks.
    "x": ("X-BERICHT (ZWISCHENBERICHT)", "X REPORT (INTERIM)"),
    "x_note": ("Kein Tagesabschluss. Es wurde nichts zurückgesetzt.", "No closing. Nothing has been reset."),
    "z": ("TAGESABSCHLUSS Z {z_number}", "CLOSING Z {z_number}"),
    "branch": ("FILIALSUMME", "BRANCH TOTAL"),
    "period": ("UMSATZBERICHT", "SALES REPORT"),
    "copy": ("KOPIE", "COPY (KOPIE)"),
    "copied": ("Nachdruck vom {at}", "Printed again {at}"),
    "copied_by": ("Nachdruck vom {at} von {user}", "Printed again {at} by {user}"),
    "no_tse": ("TESTBETRIEB – keine TSE", "TESTBETRIEB – keine TSE (test operation, no TSE)"),
    "none": ("Keine Bons in diesem Zeitraum.", "No receipts in this period."),
    # Who and when.
    "vat_id": ("USt-IdNr.", "VAT ID"),
    "tax_number": ("Steuernummer", "Tax no."),
    "register": ("Kasse", "Register"),
    "all_registers": ("Alle Kassen", "All registers"),
    "serial": ("Seriennummer", "Serial number"),
    "z_number": ("Z-Nr. (Nullstellungszähler)", "Z no. (reset counter)"),
    "z_short": ("Z-Nr.", "Z no."),
    "business_day": ("Buchungstag", "Business day"),
    "business_days": ("Buchungstage", "Business days"),
    "from": ("Von", "From"),
    "to": ("Bis", "To"),
    "made_at": ("Erstellt", "Made"),
    "counted_at": ("Gezählt", "Counted"),
    "closed_at": ("Abschluss", "Closed"),
    "user": ("Bediener", "User"),
    "first": ("Erste Bon-Nr.", "First receipt no."),
    "last": ("Letzte Bon-Nr.", "Last receipt no."),
    "first_reserved": ("Vom System: erste Nr.", "By the system: first no."),
    "last_reserved": ("Vom System: letzte Nr.", "By the system: last no."),
    "through": ("Journal bis", "Journal up to"),
    "anchor": ("Prüfanker", "Chain anchor"),
    "taxonomy": ("DSFinV-K", "DSFinV-K"),
    "software": ("Software", "Software"),
    # Heads of columns.
    "count": ("Zahl", "No."),
    "receipts": ("Bons", "Rcpts"),
    "lines": ("Pos.", "Lines"),
    "quantity": ("Menge", "Qty"),
    "amount": ("EUR", "EUR"),
    "rate": ("Satz", "Rate"),
    "gross": ("Brutto", "Gross"),
    "net": ("Netto", "Net"),
    "vat_amount": ("USt", "VAT"),
    "pieces": ("Stück", "Pieces"),
    "sum": ("Summe", "Sum"),
    "rest": ("{count} weitere", "{count} more"),
    # Turnover, takings, all receipts.
    "turnover": ("UMSATZ", "TURNOVER"),
    "turnover_sum": ("UMSATZ BRUTTO", "TURNOVER GROSS"),
    "summary": ("ZUSAMMENFASSUNG", "SUMMARY"),
    "beside": ("NICHT IM UMSATZ", "NOT IN TURNOVER"),
    "takings": ("EINNAHMEN", "TAKINGS"),
    "takings_part": ("Einnahmen", "Takings"),
    "turnover_part": ("Umsatz brutto", "Turnover gross"),
    "beside_part": ("nicht im Umsatz", "not in turnover"),
    "moved_part": ("Geldbewegungen", "Money movements"),
    "all_receipts": ("SUMME ALLER BONS", "SUM OF ALL RECEIPTS"),
    # VAT.
    "vat": ("UMSATZ NACH STEUERSÄTZEN", "TURNOVER BY VAT RATE"),
    "vat_sum": ("steuerbar", "taxable"),
    "vat_note": ("Steuer je Bon gerundet und summiert", "VAT rounded per receipt, then added"),
    "exempt": ("frei", "free"),
    "not_taxable": ("nicht steuerbar", "not taxable"),
    # Payments and cash.
    "payments": ("ZAHLARTEN", "PAYMENTS"),
    "unexplained": ("Abweichung (siehe Hinweise)", "Deviation (see findings)"),
    "cash": ("BARGELD", "CASH"),
    "cash_sales": ("Barverkäufe", "Cash sales"),
    "expected": ("BARGELD SOLL", "CASH EXPECTED"),
    "in_drawer": ("BARGELD BESTAND", "CASH IN DRAWER"),
    "cash_negative": ("Kassenbestand negativ: Buchungen prüfen!", "Cash is negative: check what was booked!"),
    "foreign_cash": ("dazu {money} (nicht im Bestand)", "besides {money} (not included)"),
    "not_carried": (
        "Bestand nicht übertragen (keine Entnahme gebucht)",
        "Cash not carried over (no withdrawal booked)",
    ),
    "all_differences": ("Differenzen aller Zählungen", "Differences of all counts"),
    "cash_count": ("KASSENSTURZ", "CASH COUNT"),
    "not_counted": ("Nicht gezählt", "Not counted"),
    "blind": ("blind gezählt", "counted blind"),
    "expected_before": ("Soll vor der Zählung", "Expected before the count"),
    "counted": ("BARGELD IST (gezählt)", "CASH COUNTED"),
    "difference": ("DIFFERENZ (Ist - Soll)", "DIFFERENCE"),
    "cash_difference": ("Kassendifferenz", "Cash difference"),
    "carried": ("Bleibt als Anfangsbestand", "Stays as opening float"),
    "denominations": ("STÜCKELUNG", "DENOMINATIONS"),
    "note": ("Bemerkung", "Remark"),
    "signature": ("Unterschrift", "Signature"),
    # Corrections and control.
    "corrections": ("STORNO, RÜCKGABE, RABATT", "VOIDS, RETURNS, DISCOUNTS"),
    "voids": ("Stornierte Bons", "Voided receipts"),
    "movement_voids": ("Stornierte Geldbewegungen", "Voided money movements"),
    "line_voids": ("Stornierte Positionen", "Voided lines"),
    "returns": ("Rückgaben (Bons)", "Returns (receipts)"),
    "discounts": ("Rabatte (Positionen)", "Discounts (lines)"),
    "surcharges": ("Aufschläge (Positionen)", "Surcharges (lines)"),
    "staff": ("Ware an Mitarbeiter (Sachbezug)", "Goods for employees"),
    "abandoned": ("Abgebrochene Bons", "Abandoned receipts"),
    "control": ("KONTROLLE", "CONTROL"),
    "counting": ("Bons", "Receipts"),
    "sales": ("davon Verkäufe", "of which sales"),
    "all_lines": ("Positionen", "Lines"),
    "training": ("Trainingsbons (nicht gezählt)", "Training receipts (not counted)"),
    "no_sale": ("Lade ohne Verkauf geöffnet", "Drawer opened without a sale"),
    "late": ("Nachgemeldete Bons", "Receipts that came late"),
    "findings": ("Hinweise", "Findings"),
    "carried_parked": ("Geparkt übernommen", "Parked, carried over"),
    "tse": ("TSE", "TSE"),
    "signed": ("signiert", "signed"),
    "unsigned": ("TSE ausgefallen", "TSE out of order"),
    "without_tse": ("ohne TSE", "without TSE"),
    # Where it came from.
    "categories": ("UMSATZ NACH KATEGORIEN", "TURNOVER BY CATEGORY"),
    "no_category": ("ohne Kategorie", "without category"),
    "users": ("UMSATZ NACH BEDIENERN", "TURNOVER BY USER"),
    "no_user": ("ohne Anmeldung", "not signed in"),
    "hours": ("UMSATZ NACH STUNDEN", "TURNOVER BY HOUR"),
    "articles": ("MEISTVERKAUFTE ARTIKEL", "TOP ARTICLES"),
    "cases": ("ALLE GESCHÄFTSVORFÄLLE", "ALL BUSINESS CASES"),
    "closings": ("ABSCHLÜSSE", "CLOSINGS"),
    "closing_count": ("Abschlüsse", "Closings"),
    "months": ("MONATE", "MONTHS"),
    "month": ("Monat", "Month"),
    "still_open": (
        "Noch nicht abgeschlossen und nicht enthalten: {count}",
        "Not closed yet and not included: {count}",
    ),
    "days": ("TAGE", "DAYS"),
    "sales_count": ("Verkäufe", "Sales"),
    "average": ("Durchschnittsbon", "Average sale"),
}

_BUSINESS_CASES: dict[str, tuple[str, str]] = {
    "Umsatz": ("Warenverkauf", "Goods sold"),
    "Pfand": ("Pfand", "Deposit"),
    "PfandRueckzahlung": ("Pfandrückzahlung", "Deposit refund"),
    "Rabatt": ("Rabatt", "Discount"),
    "Aufschlag": ("Aufschlag", "Surcharge"),
    "ZuschussEcht": ("Zuschuss (echt)", "Grant (genuine)"),
    "ZuschussUnecht": ("Zuschuss (unecht)", "Grant (not genuine)"),
    "TrinkgeldAG": ("Trinkgeld Arbeitgeber", "Tip to employer"),
    "TrinkgeldAN": ("Trinkgeld Arbeitnehmer", "Tip to employee"),
    "EinzweckgutscheinKauf": ("Einzweckgutschein verkauft", "Single-purpose voucher sold"),
    "EinzweckgutscheinEinloesung": ("Einzweckgutschein eingelöst", "Single-purpose voucher redeemed"),
    "MehrzweckgutscheinKauf": ("Mehrzweckgutschein verkauft", "Multi-purpose voucher sold"),
    "MehrzweckgutscheinEinloesung": ("Mehrzweckgutschein eingelöst", "Multi-purpose voucher redeemed"),
    "Forderungsentstehung": ("Auf Rechnung", "Sale on account"),
    "Forderungsaufloesung": ("Rechnung bezahlt", "Account settled"),
    "Anzahlungseinstellung": ("Anzahlung", "Down payment"),
    "Anzahlungsaufloesung": ("Anzahlung verrechnet", "Down payment used"),
    "Anfangsbestand": ("Anfangsbestand", "Opening float"),
    "Privatentnahme": ("Privatentnahme", "Owner withdrawal"),
    "Privateinlage": ("Privateinlage", "Owner deposit"),
    "Geldtransit": ("Geldtransit", "Cash in transit"),
    "Lohnzahlung": ("Lohnzahlung", "Wage paid"),
    "Einzahlung": ("Einzahlung", "Paid in"),
    "Auszahlung": ("Auszahlung", "Paid out"),
    "DifferenzSollIst": ("Kassendifferenz", "Cash difference"),
}

_PAYMENTS: dict[str, tuple[str, str]] = {
    "Bar": ("Bar", "Cash"),
    "Unbar": ("Unbar", "Cashless"),
    "Keine": ("Ohne Zahlung", "Nothing to pay"),
    "ECKarte": ("EC-Karte", "Debit card"),
    "Kreditkarte": ("Kreditkarte", "Credit card"),
    "ElZahlungsdienstleister": ("Zahlungsdienst", "Payment service"),
    "Guthabenkarte": ("Guthabenkarte", "Prepaid card"),
}
