"""A register that has been at work: paired, greeted once, with articles to sell; its gateway is wherever the test says."""

from __future__ import annotations

from pathlib import Path

from branchgate.catalogue import Article, Category, EntryType
from branchgate.register.catalogue import RegisterCatalogue
from tests.branchgate.register.receipts import open_outbox
from tests.branchgate.register.served_gateway import paired

APPLES = Article("10001", "Äpfel Elstar", 299_000, 2, 700, ("4006381333931",), "kg", True, "obst")
WATER = Article("10002", "Wasser", 79_000, 1, 1900, ("4011200296908",), "Stk", False, "getr", 25_000)
EMPTY = Article("10003", "Leergut Wasser", 25_000, 1, 1900, deposit_return=True)
TWIN = Article("10004", "Wasser", 99_000, 1, 1900, ("4011200296908",))
FRUIT = Category("obst", "Obst", 1)


def stocked(folder: Path, gateway_address: str = "127.0.0.1:9") -> None:
    paired(folder, gateway_address)
    catalogue = RegisterCatalogue(folder / "catalogue.db")
    catalogue.sink.begin_snapshot()
    for article in (APPLES, WATER, EMPTY, TWIN):
        catalogue.sink.put(EntryType.ARTICLE, article.article_number, article.encode())
    catalogue.sink.put(EntryType.CATEGORY, FRUIT.category_key, FRUIT.encode())
    catalogue.sink.commit(b"rig")
    catalogue.sink.swap(b"rig")
    catalogue.close()
    outbox = open_outbox(folder)
    outbox.greeted(bytes(16), 1, 1)
    outbox.close()
