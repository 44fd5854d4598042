"""Receipts for the register's tests."""

from __future__ import annotations

from pathlib import Path

from branchgate.catalogue import Article
from branchgate.clock import SystemClock
from branchgate.numbers import NumberRange
from branchgate.receipts.basket import Basket, Header
from branchgate.receipts.model import Receipt
from branchgate.register.outbox import Outbox

NUMBERS = NumberRange("K1-", 6)
OWNER = "filiale-1/kasse-1"
APPLE = Article("10001", "Äpfel", 199_000, 2, 700)


def sold(number: str, running: int) -> Receipt:
    """An apple, paid exactly."""
    basket = Basket()
    basket.add(APPLE)
    now_ms = SystemClock().now_ms()
    return basket.pay_cash(Header(number, running, now_ms, now_ms, "anna", "Anna"), basket.total_cents)


def open_outbox(folder: Path, *, owner: str = OWNER, first_running_number: int = 1) -> Outbox:
    return Outbox(folder / "outbox.db", owner, NUMBERS, SystemClock(), first_running_number=first_running_number)
