"""A month of a grocery store: baskets of a file, prices of the shipped article list, both read by csv and reckoned on the fingers."""

from __future__ import annotations

import csv
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from branchgate.catalogue import Article
from tests.ledger.arithmetic import net_of

ARTICLES = Path(__file__).resolve().parents[2] / "central/ameise/shipped/grocery-articles.csv"
FIRST_DAY = date(2026, 10, 12)
"""Thirty days from here hold the night in which an hour comes twice."""
ZONE = ZoneInfo("Europe/Berlin")
REGISTERS = ("kasse-1", "kasse-2")
CARDS = ("girocard", "Visa")


@dataclass(frozen=True)
class Grocery:
    """A line of the article list; amounts in cents, the rate in per cent."""

    number: str
    name: str
    price: int
    percent: int
    group: str
    deposit: int

    @property
    def key(self) -> int:
        """VAT key."""
        return {19: 1, 7: 2}[self.percent]

    @property
    def article(self) -> Article:
        """As a register's catalogue has it."""
        return Article(
            self.number,
            self.name,
            self.price * 1000,
            self.key,
            self.percent * 100,
            category_key=self.group,
            deposit=self.deposit * 1000,
        )


@dataclass(frozen=True)
class Shopping:
    """What one customer bought, where and when (UTC milliseconds); `card` is empty for cash."""

    day: int
    register_id: str
    at_ms: int
    groceries: tuple[Grocery, ...]
    card: str

    @property
    def hour(self) -> int:
        """On the shop's wall."""
        return datetime.fromtimestamp(self.at_ms / 1000, ZONE).hour


def groceries() -> dict[str, Grocery]:
    """The articles that are sold by the piece, by name without regard to case and spaces."""
    with ARTICLES.open(newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["Verkaufseinheit"] == "Stk"]
    return {
        plain(row["Artikelname"]): Grocery(
            row["Artikelnummer"],
            row["Artikelname"],
            _cents(row["Std. VK Brutto"]),
            int(Decimal(row["Steuersatz in %"].replace(",", "."))),
            row["Warengruppe"],
            _cents(row["Pfand Betrag"] or "0"),
        )
        for row in rows
        if row["Warengruppe"] != "Leergut"
    }


def _cents(text: str) -> int:
    return int(Decimal(text.replace(",", ".")) * 100)


def plain(name: str) -> str:
    """A name as it is compared."""
    return " ".join(name.split()).casefold()


def baskets(days: int) -> list[list[Grocery]]:
    """So many days' share of a month: of the file that BRANCHGATE_BASKETS names, else made up."""
    by_name = groceries()
    file = os.environ.get("BRANCHGATE_BASKETS")
    if not file:
        dice = random.Random(30)
        wares = list(by_name.values())
        return [dice.choices(wares, k=dice.choice((1, 2, 4, 9))) for _ in range(40 * days)]
    with Path(file).open(newline="", encoding="utf-8-sig") as opened:
        rows = [[by_name[plain(name)] for name in row if plain(name) in by_name] for row in csv.reader(opened)]
    found = [row for row in rows if row]
    return found[: len(found) * days // 30]


def shoppings(days: int) -> Iterator[Shopping]:
    """The baskets spread evenly over opening hours (8 to 20) and both registers; two in five are paid by card."""
    all_baskets = baskets(days)
    per_day = -(-len(all_baskets) // days)
    for place, basket in enumerate(all_baskets):
        day, position = divmod(place, per_day)
        morning = datetime.combine(FIRST_DAY + timedelta(days=day), datetime.min.time(), ZONE) + timedelta(hours=8)
        at_ms = int(morning.timestamp() * 1000) + position * 12 * 3_600_000 // per_day
        card = CARDS[place % 2] if place % 5 in (1, 3) else ""
        yield Shopping(day, REGISTERS[place % 2], at_ms, tuple(basket), card)


@dataclass
class Sums:
    """What some shoppings come to, in cents; `moved`: cash that moved beside them, by business case."""

    receipts: int = 0
    gross: int = 0
    by_key: Counter[int] = field(default_factory=Counter)
    vat: Counter[int] = field(default_factory=Counter)
    paid: Counter[tuple[str, str]] = field(default_factory=Counter)
    cases: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    hours: Counter[int] = field(default_factory=Counter)
    pieces: Counter[str] = field(default_factory=Counter)
    articles: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)

    def add(self, shopping: Shopping) -> None:
        """One more customer."""
        of_receipt: Counter[int] = Counter()
        for ware in shopping.groceries:
            of_receipt[ware.key] += ware.price + ware.deposit
            self.cases["Umsatz"] += ware.price
            if ware.deposit:
                self.cases["Pfand"] += ware.deposit
            self.categories[ware.group] += ware.price + ware.deposit
            self.pieces[ware.number] += 1
            self.articles[ware.number] += ware.price
        total = of_receipt.total()
        self.receipts += 1
        self.gross += total
        self.by_key += of_receipt
        for key, gross in of_receipt.items():
            self.vat[key] += gross - net_of(gross, {1: 19, 2: 7}[key])
        self.paid["ECKarte" if shopping.card else "Bar", shopping.card] += total
        self.hours[shopping.hour] += total


def sums_of(shoppings: list[Shopping]) -> Sums:
    """What they come to."""
    sums = Sums()
    for shopping in shoppings:
        sums.add(shopping)
    return sums
