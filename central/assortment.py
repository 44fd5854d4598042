"""Assortments: rules become memberships, and only an entry that a branch really gets or loses moves in its feed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from branchgate.catalogue import EntryType
from branchgate.errors import Refused, RefusedKind
from branchgate.sync.source import EntryId
from central.assortment_rules import AssortmentRules
from central.branch_settings import settings_of
from central.categories import Path, category_key, path_of, with_ancestors
from central.feed.writing import admit, members_of, withdraw
from central.store import Database
from central.store.schema import article_paths, branches, catalogue, members


@dataclass(frozen=True, slots=True)
class AssortmentSize:
    """What a branch sells: articles and the categories they need."""

    articles: int
    categories: int


@dataclass(frozen=True, slots=True)
class Assortments:
    """The assortments of all branches. `changed` is called after every commit that a branch must hear of."""

    database: Database
    changed: Callable[[], None]

    async def set(self, branch_id: str, rules: AssortmentRules) -> AssortmentSize:
        """Replaces a branch's rules. Raises Refused: NOT_FOUND for the branch, ASSORTMENT_UNKNOWN for a category or article."""

        def work(connection: Connection) -> AssortmentSize:
            settings_of(connection, branch_id)
            _check_known(connection, rules)
            connection.execute(
                branches.update().where(branches.c.branch_id == branch_id).values(assortment=rules.to_json())
            )
            return refresh_members(connection, branch_id, rules)

        size = await self.database.write(work)
        self.changed()
        return size

    async def sizes(self) -> dict[str, int]:
        """Articles in each branch's assortment."""

        def work(connection: Connection) -> dict[str, int]:
            counted = (
                select(members.c.branch_id, func.count().label("articles"))
                .where(members.c.type == int(EntryType.ARTICLE), members.c.present)
                .group_by(members.c.branch_id)
            )
            return {row.branch_id: row.articles for row in connection.execute(counted)}

        return await self.database.read(work)


def refresh_all_members(connection: Connection) -> None:
    """Brings every branch's members in line with its rules, after the articles have changed."""
    for branch_id, rules in connection.execute(select(branches.c.branch_id, branches.c.assortment)).all():
        refresh_members(connection, branch_id, AssortmentRules.from_json(rules))


def refresh_members(connection: Connection, branch_id: str, rules: AssortmentRules) -> AssortmentSize:
    """Brings a branch's members in line with its rules; members that stay do not move."""
    categories, articles = _wanted(connection, rules)
    wanted = dict.fromkeys((*categories, *articles))
    had = members_of(connection, branch_id)
    admit(connection, branch_id, list(wanted))
    withdraw(connection, branch_id, [name for name in had if name not in wanted])
    return AssortmentSize(len(articles), len(categories))


def _wanted(connection: Connection, rules: AssortmentRules) -> tuple[list[EntryId], list[EntryId]]:
    """Categories and articles that the rules give a branch; parents before children, so that a reader never sees an orphan."""
    decision = rules.decide()
    articles: list[EntryId] = []
    paths: list[Path] = []
    for number, found in _articles_with_paths(connection):
        if decision.includes(number, found):
            articles.append(EntryId(EntryType.ARTICLE, number))
            paths.extend(found)
    in_order = sorted(with_ancestors(paths), key=lambda path: (len(path), path))
    return [EntryId(EntryType.CATEGORY, category_key(path)) for path in in_order], articles


def _articles_with_paths(connection: Connection) -> Iterable[tuple[str, list[Path]]]:
    for row in connection.execute(select(article_paths).order_by(article_paths.c.article_number)):
        yield row.article_number, [tuple(path) for path in row.paths]


def _check_known(connection: Connection, rules: AssortmentRules) -> None:
    keys = connection.scalars(select(catalogue.c.key).where(catalogue.c.type == int(EntryType.CATEGORY)))
    numbers = connection.scalars(select(article_paths.c.article_number))
    unknown = rules.unknown(map(path_of, keys), numbers)
    if unknown is not None:
        field, value = unknown
        raise Refused(
            "ASSORTMENT_UNKNOWN",
            field=field,
            value=value,
            rule="categories and articles must have been imported",
            kind=RefusedKind.NOT_FOUND,
        )
