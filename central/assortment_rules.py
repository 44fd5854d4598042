"""Which articles a branch sells, as rules: the more precise one wins, and between equals the exclusion.

An article named in the rules is decided by that. Else the category rule with the longest path above one of its categories decides.
Else `everything` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from central.categories import Path, category_key, folded, parsed_path


@dataclass(frozen=True, slots=True)
class AssortmentRules:
    """The rules of one branch; categories as paths, articles by number."""

    everything: bool = False
    include_categories: tuple[Path, ...] = ()
    exclude_categories: tuple[Path, ...] = ()
    include_articles: tuple[str, ...] = ()
    exclude_articles: tuple[str, ...] = ()

    @classmethod
    def read(
        cls,
        *,
        everything: bool,
        include_categories: Iterable[str],
        exclude_categories: Iterable[str],
        include_articles: Iterable[str],
        exclude_articles: Iterable[str],
    ) -> AssortmentRules:
        """The rules as a person writes them, category paths as "A > B"."""
        return cls(
            everything,
            tuple(map(parsed_path, include_categories)),
            tuple(map(parsed_path, exclude_categories)),
            tuple(number.strip() for number in include_articles),
            tuple(number.strip() for number in exclude_articles),
        )

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> AssortmentRules:
        """Reads stored rules."""
        return cls(
            stored["everything"],
            tuple(map(tuple, stored["include_categories"])),
            tuple(map(tuple, stored["exclude_categories"])),
            tuple(stored["include_articles"]),
            tuple(stored["exclude_articles"]),
        )

    def to_json(self) -> dict[str, Any]:
        """The rules for the store."""
        return asdict(self)

    def decide(self) -> Decision:
        """The rules, prepared for asking them about many articles."""
        return Decision(self)

    def unknown(self, categories: Iterable[Path], articles: Iterable[str]) -> tuple[str, str] | None:
        """The first rule that names a category or an article that there is not, as (field, value)."""
        known = {folded(path) for path in categories}
        numbers = set(articles)
        for field in ("include_categories", "exclude_categories"):
            for path in getattr(self, field):
                if folded(path) not in known:
                    return field, category_key(path)
        for field in ("include_articles", "exclude_articles"):
            for number in getattr(self, field):
                if number not in numbers:
                    return field, number
        return None


EVERYTHING = AssortmentRules(everything=True)
"""What a branch sells until somebody says otherwise."""


class Decision:
    """Tells of one article after the other whether it belongs to the assortment."""

    def __init__(self, rules: AssortmentRules) -> None:
        self._everything = rules.everything
        self._articles = dict.fromkeys(rules.include_articles, True) | dict.fromkeys(rules.exclude_articles, False)
        self._categories = {folded(path): True for path in rules.include_categories}
        self._categories |= {folded(path): False for path in rules.exclude_categories}

    def includes(self, article_number: str, paths: Iterable[Path]) -> bool:
        """Whether an article with these category paths is sold."""
        by_name = self._articles.get(article_number)
        if by_name is not None:
            return by_name
        verdicts = [self._nearest(folded(path)) for path in paths]
        depth = max((level for level, _ in verdicts), default=0)
        if not depth:
            return self._everything
        return all(included for level, included in verdicts if level == depth)

    def _nearest(self, path: Path) -> tuple[int, bool]:
        for level in range(len(path), 0, -1):
            included = self._categories.get(path[:level])
            if included is not None:
                return level, included
        return 0, False
