"""What the shop of these tests sells: prices in cents, known to the tests as plain numbers and to the registers as articles."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction

from branchgate.catalogue import Article
from tests.ledger.arithmetic import RATES, rounded


@dataclass(frozen=True)
class Ware:
    """Price and deposit in cents; what is weighed costs so much a kilogram."""

    number: str
    name: str
    price: int
    key: int
    category: str
    deposit: int = 0
    weighed: bool = False

    @property
    def article(self) -> Article:
        """As a register's catalogue has it."""
        return Article(
            self.number,
            self.name,
            self.price * 1000,
            self.key,
            RATES[self.key] * 100,
            unit="kg" if self.weighed else "Stk",
            weighed=self.weighed,
            category_key=self.category,
            deposit=self.deposit * 1000,
        )

    @property
    def group(self) -> str:
        """The category's name."""
        return f"Gruppe {self.category}" if self.category else ""

    def cents(self, thousandths: int) -> int:
        """What so much of it costs."""
        return rounded(Fraction(self.price * thousandths, 1000))


WARES = (
    Ware("A1", "Brötchen", 39, 2, "brot"),
    Ware("A2", "Bergkäse", 2_199, 2, "käse", weighed=True),
    Ware("A3", "Limonade", 119, 1, "getränke", deposit=25),
    Ware("A4", "Füller", 1_190, 1, "papier"),
    Ware("A5", "Zeitung", 333, 2, ""),
    Ware("A6", "Tomaten", 349, 2, "obst", weighed=True),
    Ware("A7", "Kerze", 1, 1, "papier"),
    Ware("A8", "Fahrrad", 89_999, 1, "räder"),
)


def quantity(ware: Ware, dice: random.Random) -> int:
    """How much somebody takes of it, in thousandths."""
    return dice.randint(1, 2_500) if ware.weighed else 1000 * dice.choice((1, 1, 1, 2, 3, 7))
