"""What an import yields: articles and categories in the house's units, and everything that was wrong."""

from __future__ import annotations

from dataclasses import dataclass

from central.ameise.columns import Column
from central.ameise.problems import Problem, Severity

CategoryPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deposit:
    """Bottle deposit (Pfand) charged with one unit of an article: gross, 1/100,000 EUR, at the VAT of the goods."""

    amount: int
    vat_key: int
    vat_rate: int


@dataclass(frozen=True, slots=True)
class ImportedArticle:
    """One article as the file gives it.

    Prices are gross unit prices in 1/100,000 EUR, per `unit`; `vat_rate` is in basis points and `vat_key` a DSFinV-K key.
    `weighed` means that the quantity comes from a scale. A `deposit_return` pays its price out: the price is positive here,
    whatever sign the file had. `sellable` is False for the parent of variations, whose children are sold instead.
    `line` is the line of the file that the article came from.
    """

    article_number: str
    name: str
    gtins: tuple[str, ...]
    gross_price: int
    vat_key: int
    vat_rate: int
    category_path: CategoryPath
    further_category_paths: tuple[CategoryPath, ...]
    merchandise_group: str | None
    unit: str
    weighed: bool
    plu: str | None
    deposit: Deposit | None
    deposit_return: bool
    active: bool
    parent_article_number: str | None
    sellable: bool
    line: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Good rows as articles, bad ones as problems with severity ERROR; whether good rows alone will do is the caller's choice.

    `categories` holds every path and all paths above it, parents first, in the file's order. `rows_read` counts the rows
    below the header line that are not blank. `columns` tells which column was read as what.
    """

    articles: tuple[ImportedArticle, ...]
    categories: tuple[CategoryPath, ...]
    problems: tuple[Problem, ...]
    rows_read: int
    encoding: str
    separator: str
    columns: tuple[Column, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that kept a row or the whole file from being imported."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that somebody should look at although the rows were imported."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.WARNING)
