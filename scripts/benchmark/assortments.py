"""A catalogue for the bench: articles whose values have 250 to 400 bytes."""

from __future__ import annotations

from collections.abc import Iterator

from branchgate.catalogue import SETTINGS_KEY, Article, BranchSettings, DeviceRole, EntryType
from branchgate.sync.source import Entry

SHORTEST, LONGEST = 250, 400


def articles(count: int) -> Iterator[Entry]:
    """So many articles, ascending by number."""
    for number in range(count):
        article = Article(
            article_number=f"A{number:08d}",
            name=f"Bergkäse gereift {number % 12 + 1} Monate ".ljust(170 + number * 37 % (LONGEST - SHORTEST), "x"),
            unit_price=(99 + number % 4_000) * 1_000,
            vat_key=2,
            vat_rate_basis_points=700,
            gtins=(f"{4_000_000_000_000 + number}", f"{4_100_000_000_000 + number}"),
            category_key=f"lebensmittel/kaese/{number % 200}",
        )
        yield Entry(EntryType.ARTICLE, article.article_number, article.encode())


def settings(branch_id: str, roles: tuple[DeviceRole, ...] = ()) -> Entry:
    """The branch's settings, as central would have decided them."""
    decided = BranchSettings(branch_id, "Mitte", company="Feinkost Bergmann", device_roles=roles)
    return Entry(EntryType.BRANCH_SETTINGS, SETTINGS_KEY, decided.encode())
