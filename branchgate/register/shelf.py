"""What a till asks of its catalogue with every line and every look at its state, read once per change of the catalogue."""

from __future__ import annotations

from branchgate.register.catalogue import RegisterCatalogue


class Shelf:
    """Names of categories and the number of articles, as of the last `changed`."""

    def __init__(self, catalogue: RegisterCatalogue) -> None:
        self._catalogue = catalogue
        self._names: dict[str, str] | None = None
        self._articles: int | None = None

    def changed(self) -> None:
        """The catalogue may have changed: the next question reads it anew."""
        self._names = None
        self._articles = None

    def category_name(self, category_key: str) -> str:
        """The name of a category; empty if there is no such category."""
        if self._names is None:
            self._names = {category.category_key: category.name for category in self._catalogue.categories()}
        return self._names.get(category_key, "")

    def article_count(self) -> int:
        """How many articles can be sold."""
        if self._articles is None:
            self._articles = self._catalogue.article_count()
        return self._articles
