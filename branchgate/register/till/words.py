"""The terminal till's words in German and English."""

from __future__ import annotations

from typing import Final

from branchgate.errors.texts import Language

_HELP_DE = """\
Artikel: Nummer, GTIN oder Name · 3 * Artikel · 0,486 * Artikel
zurück            letzte Position streichen    abbruch           Bon aufgeben
bar [20,00]       bar, ohne Betrag passend     karte [Visa] [10,00]  mit Karte, auch ein Teil
fremd CHF 20 18,40  fremdes Bargeld, Wert in Euro   rechnung     Rest auf Rechnung
rabatt 10% | 1,00   auf den letzten Artikel    bonrabatt 10% | 1,00  auf den Bon, 0 nimmt ihn weg
aufschlag, bonaufschlag  wie Rabatt            trinkgeld [ag] 2,00
gutschein NR 25,00  verkaufen                  einlösen NR [10,00]   Gutschein einlösen
anzahlung 50,00 1   mit Steuerschlüssel        anrechnen BONNR   Anzahlung verrechnen
begleichen BONNR    Rechnung bezahlen          kunde NR NAME     Kunde zum Bon
personal [NR NAME]  Ware für Mitarbeiter       schulung          Schulung an und aus
parken NAME         Bon beiseitelegen          geparkt · holen NAME|NR   zeigen, weiter bearbeiten
rückgabe [Bonnr]    Ware zurücknehmen          storno [Bonnr]    bezahlten Bon stornieren
anfang/ein/aus/zurbank/vonbank/einlage/entnahme/lohn/trinkgeldaus BETRAG [Grund]   Geld ohne Verkauf
zählung [blind] 250,00 | 3x50 10x0,50          lade              Kassenlade öffnen
kopie [Bonnr]       Bon noch einmal drucken    ja / nein         Fragen beantworten
x · z [ohne bestand] [geparkte]  X-Bericht, Tagesabschluss       status · ende"""

_HELP_EN = """\
Article: number, GTIN or name · 3 * article · 0.486 * article
off               take the last line off       abandon           give the receipt up
cash [20.00]      cash, exact without amount   card [Visa] [10.00]   by card, also a part
foreign CHF 20 18.40  foreign cash, worth in euro   account      the rest on account
discount 10% | 1.00   on the last article      receipt-discount 10% | 1.00  on the receipt, 0 takes it off
surcharge, receipt-surcharge  like discounts   tip [employer] 2.00
voucher NO 25.00    sell one                   redeem NO [10.00] redeem a voucher
down-payment 50.00 1  with its VAT key         use-down-payment RECEIPT
settle RECEIPT      pay what is on account     customer ID NAME  customer of the receipt
staff [ID NAME]     goods for an employee      training          training on and off
park NAME           put the receipt aside      parked · resume NAME|NO   show them, go on with one
return [number]     take goods back            void [number]     void a paid receipt
float/in/out/to-bank/from-bank/owner-in/owner-out/wage/tip-out AMOUNT [reason]   money without a sale
count [blind] 250.00 | 3x50 10x0.50            drawer            open the drawer
print [number]      print a receipt again      yes / no          answer questions
x · close [no float] [parked]  X report, close the day           status · quit"""

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "greeting": (
        "Kasse {register} · {articles} Artikel · „hilfe“ zeigt alles",
        'Register {register} · {articles} articles · "help" shows everything',
    ),
    "total": ("Summe", "Total"),
    "left": ("Noch zu zahlen", "Left to pay"),
    "change": ("Rückgeld", "Change"),
    "receipt": ("Bon {number}", "Receipt {number}"),
    "training_receipt": ("Übungsbon {number}, zählt nicht", "Training receipt {number}, does not count"),
    "training": (
        "SCHULUNG: nichts zählt, bis „schulung“ wieder abschaltet",
        "TRAINING: nothing counts until training is switched off",
    ),
    "for_real": ("Schulung beendet: ab jetzt zählt alles", "Training ended: everything counts from now on"),
    "returning": ("Rückgabe: Artikel erfassen, dann „bar“ oder „karte“", "Return: ring up, then cash or card"),
    "customer": ("Kunde: {name}", "Customer: {name}"),
    "abandoned": ("Bon abgebrochen und als {number} vermerkt", "Receipt abandoned, on record as {number}"),
    "abandoned_nothing": ("Nichts war erfasst", "Nothing was rung up"),
    "parked": ("„{title}“ ist geparkt", '"{title}" is parked'),
    "no_parked": ("Kein Bon ist geparkt", "No receipt is parked"),
    "parked_row": (
        "{number:>3}  {title}  {total}  ({age})  {where}",
        "{number:>3}  {title}  {total}  ({age})  {where}",
    ),
    "parked_waits": ("wartet, geparkt an {register}", "waits, parked at {register}"),
    "parked_at": ("in Arbeit an {register}", "in work at {register}"),
    "resumed": ("„{title}“ geholt", '"{title}" resumed'),
    "empty": ("Noch keine Position erfasst", "Nothing rung up yet"),
    "sure": ("„ja“ bestätigt, alles andere verwirft", "yes confirms, anything else forgets it"),
    "numbers_run_low": (
        "Nur noch {left} Bonnummern: bitte in der Zentrale einen neuen Nummernkreis zuweisen lassen",
        "Only {left} receipt numbers left: have central assign a new number range",
    ),
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
    "in_training": (
        "Das würde echt gebucht: erst die Schulung mit „schulung“ beenden",
        "That would be booked for real: end the training first",
    ),
    "help": (_HELP_DE, _HELP_EN),
}


def word(key: str, language: Language, **values: object) -> str:
    """A text in one language with its values filled in."""
    german, english = _WORDS[key]
    return (german if language == "de" else english).format(**values)
