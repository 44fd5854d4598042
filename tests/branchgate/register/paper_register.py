"""A register without disk and gateway: numbers receipts and keeps them in a list, for tills in properties."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from branchgate.catalogue import Article
from branchgate.errors import TryAgain
from branchgate.numbers import NumberRange
from branchgate.receipts.codec import decode_receipt, encode_receipt
from branchgate.receipts.model import Receipt
from branchgate.register.found import Found
from branchgate.register.held import Happened
from branchgate.register.till.till import Till
from tests.rigs.clock import TurnedClock

NUMBERS = NumberRange("K1-", 6)
ARTICLES = (
    Article("1", "Mineralwasser", 89_000, 1, 1900, deposit=25_000, category_key="getr"),
    Article("2", "Bergkäse", 2_490_000, 2, 700, unit="kg", weighed=True),
    Article("3", "Leergut", 25_000, 1, 1900, deposit_return=True),
    Article("4", "Buch", 1_299_000, 2, 700),
    Article("5", "Kabel", 333_333, 1, 1900),
)


class PaperShelf:
    """Articles by number alone."""

    def article(self, article_number: str) -> Article | None:
        return next((article for article in ARTICLES if article.article_number == article_number), None)

    def by_gtin(self, gtin: str) -> tuple[Article, ...]:
        return ()

    def by_name(self, name: str) -> tuple[Article, ...]:
        return ()


class PaperGateway:
    """Cannot be reached."""

    async def open_drawer(self, *_: object, **__: object) -> object:
        raise TryAgain("NOT_REACHABLE")

    async def find_receipt(self, _number: str) -> Found:
        raise TryAgain("NOT_REACHABLE")


class PaperRegister:
    """What a till asks of its register. A receipt that does not survive its encoding does not happen."""

    def __init__(self) -> None:
        self.identity = SimpleNamespace(register_id="k1", number_range=NUMBERS)
        self.catalogue = PaperShelf()
        self.gateway = PaperGateway()
        self.state = SimpleNamespace(connected=False)
        self.happened: list[Happened] = []

    def category_name(self, category_key: str) -> str:
        return {"getr": "Getränke"}.get(category_key, "")

    async def record(self, build: Callable[[str, int], Receipt], *, print_role: str = "receipt") -> Happened:
        running = len(self.happened) + 1
        receipt = build(NUMBERS.number(running), running)
        assert decode_receipt(encode_receipt(receipt)) == receipt
        happened = Happened(running.to_bytes(16, "big"), running, receipt)
        self.happened.append(happened)
        return happened


def paper_till() -> tuple[Till, list[Happened]]:
    """A till and the receipts it makes."""
    register: Any = PaperRegister()
    return Till(register, TurnedClock(), user_id="anna", user_name="Anna"), register.happened
