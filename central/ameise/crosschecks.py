"""What can only be judged with all articles of the file in hand: deposit articles, parents, shared GTINs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from central.ameise.columns import Columns, cell
from central.ameise.headers import Meaning
from central.ameise.imported import Deposit, ImportedArticle
from central.ameise.mapping import ColumnMapping
from central.ameise.problems import Problem, Reason, Severity
from central.ameise.reading import Row

ArticlesWithRows = list[tuple[ImportedArticle, Row]]


def with_deposit_articles(
    articles: ArticlesWithRows, columns: Columns, mapping: ColumnMapping
) -> tuple[ArticlesWithRows, list[Problem]]:
    """Gives articles that name a deposit article its price as deposit; an article naming an unknown one is dropped."""
    column = columns.headed(mapping.deposit_article)
    if column is None:
        return articles, []
    prices = {article.article_number: article.gross_price for article, _ in articles}
    kept: ArticlesWithRows = []
    problems: list[Problem] = []
    for article, row in articles:
        named = cell(row, column)
        if named is None or article.deposit is not None:
            kept.append((article, row))
        elif (amount := prices.get(named.text)) is None:
            problems.append(named.problem(Reason.DEPOSIT_ARTICLE_UNKNOWN))
        else:
            deposit = Deposit(amount, article.vat_key, article.vat_rate)
            kept.append((replace(article, deposit=deposit), row))
    return kept, problems


def unknown_parents(
    articles: ArticlesWithRows, columns: Columns, rows_by_number: Mapping[str, object]
) -> list[Problem]:
    """Variations whose parent is not in the file can be sold all the same, so these are warnings."""
    column = columns.first(Meaning.PARENT)
    return [
        named.problem(Reason.PARENT_UNKNOWN, severity=Severity.WARNING)
        for article, row in articles
        if article.parent_article_number is not None
        and article.parent_article_number not in rows_by_number
        and (named := cell(row, column)) is not None
    ]


def shared_gtins(articles: ArticlesWithRows, columns: Columns) -> list[Problem]:
    """A GTIN on two articles: scanning it will ask which one is meant."""
    owners: dict[str, str] = {}
    problems: list[Problem] = []
    for article, row in articles:
        for code in article.gtins:
            owner = owners.setdefault(code, article.article_number)
            if owner == article.article_number:
                continue
            places = (cell(row, column) for column in columns.every(Meaning.GTIN))
            problems.extend(
                place.problem(Reason.GTIN_SHARED, owner, Severity.WARNING)
                for place in places
                if place is not None and place.text == code
            )
    return problems
