"""What customers buy in the demo: seeded baskets from the register's own catalogue, or real baskets from a file."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Command = dict[str, Any]

WEIGHTS_OF_BASKET_SIZES = {1: 14, 2: 16, 3: 15, 4: 12, 5: 10, 6: 8, 8: 7, 10: 5, 13: 4, 18: 2}
NOTES_EUR = (5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Wares:
    """The articles of a register, told apart by how they are sold."""

    pieces: tuple[Command, ...]
    weighed: tuple[Command, ...]
    empties: tuple[Command, ...]

    @classmethod
    def of(cls, articles: Sequence[Command]) -> Wares:
        """Sorts the answer of a till's `articles` command."""
        return cls(
            pieces=tuple(a for a in articles if not a["weighed"] and not a["deposit_return"]),
            weighed=tuple(a for a in articles if a["weighed"]),
            empties=tuple(a for a in articles if a["deposit_return"]),
        )


@dataclass(slots=True)
class Shopper:
    """Makes one command for a till after the other; the same seed makes the same day."""

    wares: Wares
    seed: int
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def next_sale(self) -> Command:
        """A basket of plausible size, sometimes with weighed goods, empties or a line taken off again."""
        sizes = list(WEIGHTS_OF_BASKET_SIZES)
        size = self._dice.choices(sizes, list(WEIGHTS_OF_BASKET_SIZES.values()))[0]
        lines = [self._line() for _ in range(size)]
        if self.wares.empties and self._dice.random() < 0.06:
            lines.append(self._of(self._dice.choice(self.wares.empties), self._dice.randint(1, 12)))
        if len(lines) > 1 and self._dice.random() < 0.03:
            lines[0]["void"] = True
        elif self._dice.random() < 0.06:
            lines[0]["discount"] = {"percent": "10"}
        whole = {"discount": {"percent": "5"}} if self._dice.random() < 0.04 else {}
        return {"do": "sell", "lines": lines, "pay": self._payment(), **whole}

    def voucher(self, number: str) -> Command:
        """A multi-purpose voucher, to be given away."""
        return {"do": "sell", "lines": [{"voucher": number, "amount": "25,00"}], "pay": self._payment()}

    def basket(self, names: Sequence[Command]) -> Command:
        """A given basket: one of each article."""
        return {"do": "sell", "lines": [self._of(article, 1) for article in names], "pay": self._payment()}

    def return_of(self, line: Command, receipt: str) -> Command:
        """Goods brought back with their receipt, at what they cost after its discounts, paid out in cash."""
        goods = {name: line[name] for name in ("article", "quantity")}
        return {"do": "return", "lines": [goods], "pay": {"cash": "0"}, "receipt": receipt}

    def wants(self, chance: float) -> bool:
        """Rolls the dice."""
        return self._dice.random() < chance

    def _line(self) -> Command:
        if self.wares.weighed and self._dice.random() < 0.18:
            return {"article": self._dice.choice(self.wares.weighed)["article_number"], "quantity": self._weight()}
        pieces = 1 if self._dice.random() < 0.8 else self._dice.randint(2, 6)
        return self._of(self._dice.choice(self.wares.pieces), pieces)

    def _weight(self) -> str:
        grams = int(self._dice.triangular(80, 2400, 420))
        return f"{grams // 1000},{grams % 1000:03d}"

    @staticmethod
    def _of(article: Command, pieces: int) -> Command:
        return {"article": article["article_number"], "quantity": "0,500" if article["weighed"] else str(pieces)}

    def _payment(self) -> Command:
        if self._dice.random() < 0.42:
            return {"card": self._dice.choice(["girocard", "Visa", "Mastercard"])}
        return {"cash": "exact"} if self._dice.random() < 0.15 else {"cash": f"next {self._dice.choice(NOTES_EUR)}"}


@dataclass(frozen=True, slots=True)
class RealBaskets:
    """Baskets of a file, matched to articles by name."""

    baskets: tuple[tuple[Command, ...], ...]
    unknown: tuple[tuple[str, int], ...]
    """Names without an article and how often they were wanted, most wanted first."""


def read_baskets(path: Path, articles: Sequence[Command], limit: int) -> RealBaskets:
    """Reads a CSV file with one basket a line, article names in its fields; case and spaces do not count."""
    by_name = {_plain(article["name"]): article for article in articles}
    baskets: list[tuple[Command, ...]] = []
    unknown: dict[str, int] = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.reader(file):
            names = [name for name in row if name.strip()]
            for name in names:
                if _plain(name) not in by_name:
                    unknown[name.strip()] = unknown.get(name.strip(), 0) + 1
            found = tuple(by_name[_plain(name)] for name in names if _plain(name) in by_name)
            if found:
                baskets.append(found)
            if len(baskets) == limit:
                break
    return RealBaskets(tuple(baskets), tuple(sorted(unknown.items(), key=lambda entry: (-entry[1], entry[0]))))


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
