"""The terminal till's words in German and English."""

from __future__ import annotations

from typing import Final

from branchgate.errors.texts import Language

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "greeting": (
        "Kasse {register} · {articles} Artikel · „hilfe“ zeigt alles",
        'Register {register} · {articles} articles · "help" shows everything',
    ),
    "total": ("Summe", "Total"),
    "change": ("Rückgeld", "Change"),
    "receipt": ("Bon {number}", "Receipt {number}"),
    "returning": ("Rückgabe: Artikel erfassen, dann „bar“ oder „karte“", "Return: ring up, then cash or card"),
    "abandoned": ("Bon abgebrochen, nichts ist gebucht", "Receipt abandoned, nothing was booked"),
    "empty": ("Noch keine Position erfasst", "Nothing rung up yet"),
    "candidates": ("Gemeint ist vielleicht:", "Perhaps you mean:"),
    "connected": ("Gateway verbunden", "Gateway connected"),
    "offline": ("Gateway nicht erreichbar; der Verkauf geht weiter", "Gateway not reachable; selling goes on"),
    "waiting": (
        "{pending} Bons warten auf das Gateway, {held} auf die Zentrale, {refused} abgelehnt",
        "{pending} receipts wait for the gateway, {held} for central, {refused} refused",
    ),
    "question": (
        "Unklarer Druck: {title}. Liegt der Bon vollständig vor? „ja“ oder „nein“",
        "Uncertain print: {title}. Is the receipt complete on paper? yes or no",
    ),
    "stuck": ("{title} ist nicht gedruckt ({reason})", "{title} is not printed ({reason})"),
    "came_out": ("{title} ist jetzt doch gedruckt", "{title} has been printed after all"),
    "no_question": ("Kein Druck ist unklar", "No print is uncertain"),
    "resolved": ("Vermerkt: {title} liegt vor", "Noted: {title} is on paper"),
    "copied": ("Ersatz wird als KOPIE gedruckt", "A replacement is printed as a copy"),
    "printing": ("{title} wird gedruckt", "{title} is being printed"),
    "copying": ("{title} wird als KOPIE gedruckt", "{title} is being printed as a copy"),
    "drawer_opened": ("Kassenlade ist offen", "Cash drawer is open"),
    "drawer_not_opened": (
        "Kassenlade ist nicht aufgegangen. Bitte Schloss und Kabel prüfen und noch einmal versuchen",
        "Cash drawer did not open. Check its lock and cable and try again",
    ),
    "drawer_unknown": (
        "Ob die Kassenlade aufging, meldet sie nicht. Bitte nachsehen",
        "The cash drawer does not tell whether it opened. Please look",
    ),
    "unfinished": (
        "Der Bon ist noch offen: erst bezahlen („bar“, „karte“) oder verwerfen („abbruch“)",
        "The receipt is still open: take the payment (cash, card) or throw it away (abandon) first",
    ),
    "help": (
        "Artikel: Nummer, GTIN oder Name · 3 * Artikel · 0,486 * Artikel\n"
        "zurück          letzte Position streichen      abbruch         Bon verwerfen\n"
        "bar [20,00]     bar bezahlen, ohne Betrag passend\n"
        "karte [Visa]    mit Karte bezahlen\n"
        "rückgabe [Bonnr]  Ware zurücknehmen            storno [Bonnr]  bezahlten Bon stornieren\n"
        "anfang/ein/aus BETRAG   Geld ohne Verkauf      lade            Kassenlade öffnen\n"
        "kopie [Bonnr]   Bon noch einmal drucken        ja / nein       unklaren Druck beantworten\n"
        "x · z           X-Bericht, Tagesabschluss      status · ende",
        "Article: number, GTIN or name · 3 * article · 0.486 * article\n"
        "off             take the last line off         abandon         throw the receipt away\n"
        "cash [20.00]    pay cash, exact without amount\n"
        "card [Visa]     pay by card\n"
        "return [number] take goods back                void [number]   void a paid receipt\n"
        "float/in/out AMOUNT     money without a sale   drawer          open the drawer\n"
        "print [number]  print a receipt again          yes / no        answer an uncertain print\n"
        "x · close       X report, close the day        status · quit",
    ),
}


def word(key: str, language: Language, **values: object) -> str:
    """A text in one language with its values filled in."""
    german, english = _WORDS[key]
    return (german if language == "de" else english).format(**values)
