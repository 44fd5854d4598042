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
    "x": ("X-BERICHT (ZWISCHENBERICHT)", "X REPORT (INTERIM)"),
    "x_note": ("Kein Tagesabschluss. Es wurde nichts zurückgesetzt.", "No closing. Nothing has been reset."),
    "z": ("TAGESABSCHLUSS Z {z_number}", "CLOSING Z {z_number}"),
    "branch": ("FILIALSUMME", "BRANCH TOTAL"),
    "central": ("UMSATZBERICHT", "SALES REPORT"),
    "copy": ("KOPIE", "COPY (KOPIE)"),
    "no_tse": ("TESTBETRIEB – keine TSE", "TESTBETRIEB – keine TSE (test operation, no TSE)"),
    "vat_id": ("USt-IdNr.", "VAT ID"),
    "tax_number": ("Steuernummer", "Tax no."),
    "register": ("Kasse", "Register"),
    "all_registers": ("Alle Kassen", "All registers"),
    "business_day": ("Buchungstag", "Business day"),
    "printed_at": ("Erstellt", "Made"),
    "user": ("Bediener", "User"),
    "through": ("Journal bis", "Journal up to"),
    "anchor": ("Prüfanker", "Chain anchor"),
    "taxonomy": ("DSFinV-K", "DSFinV-K"),
    "closings": ("Abschlüsse", "Closings"),
    "receipts": ("Bons", "Receipts"),
    "lines": ("Positionen", "Lines"),
    "first": ("Erster Bon", "First receipt"),
    "last": ("Letzter Bon", "Last receipt"),
    "turnover": ("UMSATZ BRUTTO", "TURNOVER GROSS"),
    "gross": ("Summe aller Bons", "Sum of all receipts"),
    "vat": ("UMSATZ NACH STEUERSÄTZEN", "TURNOVER BY VAT RATE"),
    "vat_columns": ("Satz|Brutto|Netto|USt", "Rate|Gross|Net|VAT"),
    "vat_sum": ("steuerbar", "taxable"),
    "exempt": ("frei", "free"),
    "not_taxable": ("(nicht steuerbar)", "(not taxable)"),
    "payments": ("ZAHLARTEN", "PAYMENTS"),
    "cases": ("GESCHÄFTSVORFÄLLE", "BUSINESS CASES"),
    "cash": ("BARGELD SOLL", "CASH EXPECTED"),
    "corrections": ("STORNO, RÜCKGABE, RABATT", "VOIDS, RETURNS, DISCOUNTS"),
    "voids": ("Stornos", "Voids"),
    "line_voids": ("Zeilenstornos", "Line voids"),
    "returns": ("Rückgaben", "Returns"),
    "discounts": ("Rabatte", "Discounts"),
    "control": ("KONTROLLE", "CONTROL"),
    "training": ("Trainingsbons (nicht gezählt)", "Training receipts (not counted)"),
    "no_sale": ("Lade ohne Verkauf geöffnet", "Drawer opened without a sale"),
    "findings": ("Hinweise", "Findings"),
    "categories": ("KATEGORIEN", "CATEGORIES"),
    "no_category": ("ohne Kategorie", "without category"),
    "users": ("BEDIENER", "USERS"),
    "no_user": ("ohne Anmeldung", "not signed in"),
    "hours": ("STUNDEN", "HOURS"),
    "articles": ("MEISTVERKAUFTE ARTIKEL", "TOP ARTICLES"),
    "none": ("Keine Bons in diesem Zeitraum.", "No receipts in this period."),
}

_BUSINESS_CASES: dict[str, tuple[str, str]] = {
    "Umsatz": ("Umsatz", "Sales"),
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
