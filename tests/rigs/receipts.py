"""Receipts as registers send them under load: six lines, about 1 KB, cheap to number, so that making them is not what is measured."""

from __future__ import annotations

import random
from collections.abc import Iterator

from branchgate.catalogue import Article
from branchgate.clock import SystemClock
from branchgate.numbers import NumberRange
from branchgate.receipts.basket import Basket, Header
from branchgate.receipts.codec import encode_receipt
from branchgate.receipts.model import Payment, PaymentType
from branchgate.v1 import receipt_pb2

LINES = 6
ARTICLES = 5_000
CATEGORIES = 40
_TEMPLATES = 997
_RATES = ((1, 1900), (2, 700))


def article(number: int) -> Article:
    """Article number so-and-so of the shop."""
    key, rate = _RATES[number % 2]
    return Article(
        article_number=f"A{number:06d}",
        name=f"Bergkäse gereift {number % 12 + 1} Monate, Laib {number}",
        unit_price=(99 + number * 7 % 2_000) * 1_000,
        vat_key=key,
        vat_rate_basis_points=rate,
        gtins=(f"{4_000_000_000_000 + number}",),
        category_key=f"lebensmittel/{number % CATEGORIES}",
    )


class Receipts:
    """Makes receipt bodies. Baskets come from a fixed seed; number and time are put into copies of them."""

    def __init__(self, seed: int = 1) -> None:
        draw = random.Random(seed)
        now_ms = SystemClock().now_ms()
        self._messages = [receipt_pb2.Receipt.FromString(_basket(draw, now_ms)) for _ in range(_TEMPLATES)]

    def bodies(
        self, numbers: NumberRange, first_running: int, *, first_ms: int | None = None, every_ms: int = 0
    ) -> Iterator[bytes]:
        """Receipts with ascending numbers; all of now, or from `first_ms` on one `every_ms`."""
        at_ms = SystemClock().now_ms() if first_ms is None else first_ms
        running = first_running
        while True:
            message = self._messages[running % _TEMPLATES]
            message.running_number = running
            message.receipt_number = numbers.number(running)
            message.started_at_ms = message.finished_at_ms = at_ms
            yield message.SerializeToString()
            running += 1
            at_ms += every_ms


def _basket(draw: random.Random, now_ms: int) -> bytes:
    basket = Basket()
    for _ in range(LINES):
        number = int(ARTICLES * draw.random() ** 2)
        basket.add(
            article(number), 1_000 * draw.choice((1, 1, 1, 2, 3)), category_name=f"Warengruppe {number % CATEGORIES}"
        )
    user = draw.choice(("anna", "bela", "cem", "dora"))
    kind, name = draw.choice(((PaymentType.BAR, ""), (PaymentType.EC_KARTE, "girocard")))
    header = Header("", 0, now_ms, now_ms, user, user.title())
    return encode_receipt(basket.finish(header, [Payment(kind, basket.total_cents, name)]))
