"""A little business to be exported: what its registers sold, in cents, without a thought of tables.

Written from the specification, not from the gateway's exporter: both are judged by the checker, and neither may hide the other's faults.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

SUMMER = timezone(timedelta(hours=2))
RATES = {1: 1900, 2: 700, 3: 780, 4: 550, 5: 0, 6: 0, 7: 0, 8: 0}
"""Basis points in September 2026."""


@dataclass
class Sold:
    """A line: a business case of one VAT key, its amount in cents; an article has a number, a quantity in thousandths and a unit price."""

    case: str
    key: int
    cents: int
    text: str
    article: str = ""
    thousandths: int = 1000
    price: int = 0
    """1/100,000 EUR."""
    agency: int = 0
    voucher: str = ""
    parts: tuple[tuple[str, int], ...] = ()
    """Base amount and discount of the price, in cents."""


@dataclass
class Paid:
    """A payment in cents of the register's currency; foreign money with its amount in cents of its own."""

    kind: str
    cents: int
    name: str = ""
    currency: str = "EUR"
    foreign: int | None = None


@dataclass
class Bon:
    """A transaction of a register."""

    id: str
    number: int
    start: datetime
    lines: list[Sold]
    payments: list[Paid]
    type: str = "Beleg"
    name: str = ""
    failure: str = ""
    order: bool = False
    references: list[tuple[str, str, int, datetime]] = field(default_factory=list)
    """Receipt, register, closing number and time of the closing."""
    terminal: str = ""
    customer: str = ""
    note: str = ""

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=40)

    @property
    def cents(self) -> int:
        return sum(line.cents for line in self.lines)


@dataclass
class Closing:
    """A day of one register."""

    register: str
    serial: str
    number: int
    created: datetime
    bons: list[Bon]


def article(number: str, text: str, key: int, price_cents: int, thousandths: int = 1000) -> Sold:
    """A line of an article: quantity by price, rounded to cents."""
    cents = (abs(thousandths) * price_cents + 500) // 1000 * (1 if thousandths > 0 else -1)
    return Sold("Umsatz", key, cents, text, number, thousandths, price_cents * 1000)


def cash(case: str, cents: int) -> Sold:
    """A line that moves cash and nothing else."""
    return Sold(case, 5, cents, case, price=cents * 1000)


def two_registers() -> list[Closing]:
    """Three days at two registers on one TSE: everything a shop does."""
    closings = list[Closing]()
    for number in (41, 42, 43):
        for register, serial in (("K1", "KASSE-1"), ("K2", "KASSE-2")):
            day = datetime(2026, 9, number - 38, 8, 0, tzinfo=SUMMER) + timedelta(minutes=1 if register == "K2" else 0)
            created = day.replace(hour=20)
            before = closings[-2] if len(closings) > 1 else None
            bons = _day(register, day, before) if register == "K1" else _quiet_day(register, day)
            closings.append(Closing(register, serial, number, created, bons))
    return closings


def _day(register: str, day: datetime, before: Closing | None) -> list[Bon]:
    made = list[Bon]()

    def bon(lines: list[Sold], payments: list[Paid]) -> Bon:
        number = 1 + len(made)
        made.append(Bon(f"{register}-{day:%d}-{number}", number, day + timedelta(minutes=10 * number), lines, payments))
        return made[-1]

    bon([cash("Anfangsbestand", 20000)], [Paid("Bar", 20000)])
    milk, pen = article("10001", 'Milch "1,5 %"; frisch', 2, 129, 3000), article("10002", "Füller", 1, 1190)
    bon([milk, pen], [Paid("Bar", 1577)])
    weighed = article("10003", "Käse, lose", 2, 1299, 486)
    deposit = Sold("Pfand", 1, 25, "Pfand", price=25000)
    bon([weighed, deposit, article("10004", "Limo", 1, 99)], [Paid("ECKarte", 700, "girocard"), Paid("Bar", 55)])
    reduced = Sold("Umsatz", 1, 800, "Tasse", "10005", 1000, 800000, parts=(("base_amount", 1000), ("discount", -200)))
    bon([reduced, Sold("Rabatt", 1, -100, "Rabatt", price=-100000)], [Paid("Kreditkarte", 700, "VISA")])
    swiss = [Paid("Bar", 950, currency="CHF", foreign=1000), Paid("Bar", 240)]
    bon([article("10002", "Füller", 1, 1190)], swiss)
    returned = bon([article("10002", "Füller", 1, 1190, -1000)], [Paid("Bar", -1190)])
    if before:
        returned.references.append((before.bons[1].id, before.register, before.number, before.created))
    else:
        returned.references.append(("ALT-1", register, 7, day - timedelta(days=30)))
    bon([Sold("MehrzweckgutscheinKauf", 5, 2500, "Gutschein", price=2500000, voucher="G-1")], [Paid("Unbar", 2500)])
    used = Sold("MehrzweckgutscheinEinloesung", 5, -1190, "Gutschein", price=-1190000, voucher="G-1")
    bon([article("10002", "Füller", 1, 1190), used], [Paid("Keine", 0)])
    bon([Sold("Umsatz", 1, 500, "Zeitung (Agentur)", "20001", 1000, 500000, agency=7)], [Paid("Bar", 500)])
    training = bon([article("10001", "Milch", 2, 129)], [Paid("Bar", 129)])
    training.type = "AVTraining"
    aborted = bon([], [])
    aborted.type = "AVBelegabbruch"
    order = bon([article("10001", "Milch", 2, 129, 2000)], [])
    order.type, order.order = "AVBestellung", True
    outage = bon([article("10002", "Füller", 1, 1190)], [Paid("Bar", 1190)])
    outage.failure = "TSE nicht erreichbar"
    to_invoice = bon(
        [article("10002", "Füller", 1, 1190), Sold("Forderungsentstehung", 5, -1190, "Rechnung 17", price=-1190000)],
        [Paid("Keine", 0)],
    )
    to_invoice.customer = "Muster GmbH"
    terminal = bon([article("10001", "Milch", 2, 129)], [Paid("Guthabenkarte", 129, "Karte")])
    terminal.terminal = "T1"
    bon([cash("Geldtransit", -5000)], [Paid("Bar", -5000)])
    bon([cash("DifferenzSollIst", -3)], [Paid("Bar", -3)])
    end = bon([], [])
    end.type, end.name = "AVSonstige", "Tagesabschluss"
    return made


def _quiet_day(register: str, day: datetime) -> list[Bon]:
    sale = [article("10002", "Füller", 1, 1190)]
    lines = ([cash("Anfangsbestand", 10000)], sale)
    return [
        Bon(
            f"{register}-{day:%d}-{n}",
            n,
            day + timedelta(minutes=10 * n),
            line,
            [Paid("Bar", sum(x.cents for x in line))],
        )
        for n, line in enumerate(lines, 1)
    ]


def utc(moment: datetime) -> str:
    """A TSE's time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
