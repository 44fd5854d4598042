"""From the bytes of a JTL-Ameise export to articles and categories, and to a list of everything that was wrong.

Nothing in a file makes this raise: a merchant's export is what it is, and he needs all its faults at once, each with its line
and column. Whether good rows are imported beside bad ones is decided by the caller.
"""

from __future__ import annotations

from typing import Literal

from central.ameise.columns import Columns, cell, match_columns
from central.ameise.crosschecks import ArticlesWithRows, shared_gtins, unknown_parents, with_deposit_articles
from central.ameise.decoding import decode, has_undecoded, show_undecoded
from central.ameise.headers import Meaning
from central.ameise.imported import CategoryPath, ImportedArticle, ImportResult
from central.ameise.mapping import ColumnMapping
from central.ameise.problems import Problem, Reason, Severity
from central.ameise.reading import SEPARATORS, Row, read_csv
from central.ameise.rows import RowReader

Repeated = Literal["error", "merge"]


def read_articles(data: bytes, mapping: ColumnMapping | None = None, repeated: Repeated = "error") -> ImportResult:
    """Reads a whole export.

    `repeated` says what a second row with the same article number is: an error, after which the first row stands, or one more
    GTIN and category to be merged into the first.
    """
    mapping = mapping or ColumnMapping()
    decoded = decode(data, mapping.encoding)
    if decoded.problem is not None:
        return _nothing(decoded.encoding, mapping.separator or SEPARATORS[0], decoded.problem)
    table = read_csv(decoded.text, mapping.separator)
    if not table.rows:
        empty = Problem(1, None, None, "", "", Reason.FILE_EMPTY)
        return _nothing(decoded.encoding, table.separator, *(table.problems or (empty,)))
    header, *body = table.rows
    columns, header_problems = match_columns(header, mapping)
    file = _File(header, columns, mapping, decoded.encoding)
    file.problems.extend((*table.problems, *header_problems))
    # Without a column that is needed or mapped, every row would be wrong, for instance sold without its deposit.
    if not any(problem.severity is Severity.ERROR for problem in header_problems):
        file.read([row for row in body if not row.is_blank], repeated)
    articles = tuple(article for article, _ in file.articles)
    return ImportResult(
        articles=articles,
        categories=_with_ancestors(articles),
        problems=tuple(sorted(file.problems, key=lambda problem: (problem.line, problem.column_index or 0))),
        rows_read=sum(not row.is_blank for row in body),
        encoding=decoded.encoding,
        separator=table.separator,
        columns=columns.all,
    )


class _File:
    """The rows of one file on their way to articles; `articles` keeps each with its first row, in the file's order."""

    def __init__(self, header: Row, columns: Columns, mapping: ColumnMapping, encoding: str) -> None:
        self.header = header
        self.columns = columns
        self.mapping = mapping
        self.encoding = encoding
        self.articles: ArticlesWithRows = []
        self.problems: list[Problem] = []

    def read(self, rows: list[Row], repeated: Repeated) -> None:
        self.problems += self._undecoded(self.header)
        groups: dict[str, list[Row]] = {}
        for row in rows:
            if (number := self._number_of(row)) is not None:
                groups.setdefault(number, []).append(row)
        if repeated == "error":
            self._report_repeated(groups)
        self._note_net_prices()
        self._read_groups(groups)
        self.articles, unknown = with_deposit_articles(self.articles, self.columns, self.mapping)
        self.problems += unknown
        self.problems += unknown_parents(self.articles, self.columns, groups)
        self.problems += shared_gtins(self.articles, self.columns)

    def _read_groups(self, groups: dict[str, list[Row]]) -> None:
        parent_column = self.columns.first(Meaning.PARENT)
        named = (cell(rows[0], parent_column) for rows in groups.values())
        reader = RowReader(self.columns, self.mapping, frozenset(parent.text for parent in named if parent))
        for rows in groups.values():
            article, problems = reader.article(rows)
            self.problems += problems
            if article is not None:
                self.articles.append((article, rows[0]))

    def _number_of(self, row: Row) -> str | None:
        """The article number of a row that is whole, None when the row as such is unusable."""
        width = len(self.header.cells)
        if len(row.cells) != width:
            self.problems.append(Problem(row.line, None, None, str(len(row.cells)), str(width), Reason.COLUMN_COUNT))
            return None
        if undecoded := self._undecoded(row):
            self.problems += undecoded
            return None
        column = self.columns.first(Meaning.ARTICLE_NUMBER)
        number = cell(row, column)
        if number is None and column is not None:
            line = row.line_of(column.index)
            self.problems.append(Problem(line, column.heading, column.index + 1, "", "", Reason.ARTICLE_NUMBER_MISSING))
        return " ".join(number.text.split()) if number else None

    def _undecoded(self, row: Row) -> list[Problem]:
        return [
            Problem(
                row.line_of(column.index),
                column.heading,
                column.index + 1,
                show_undecoded(row.cells[column.index]),
                self.encoding,
                Reason.UNDECODABLE_BYTES,
            )
            for column in self.columns.all
            if has_undecoded(row.cells[column.index])
        ]

    def _report_repeated(self, groups: dict[str, list[Row]]) -> None:
        column = self.columns.first(Meaning.ARTICLE_NUMBER)
        for rows in groups.values():
            for row in rows[1:]:
                if (number := cell(row, column)) is not None:
                    self.problems.append(number.problem(Reason.ARTICLE_NUMBER_REPEATED, str(rows[0].line)))
            del rows[1:]

    def _note_net_prices(self) -> None:
        """A file with net prices only says so once, not once a row."""
        net = self.columns.first(Meaning.NET_PRICE)
        if net is not None and self.columns.first(Meaning.GROSS_PRICE) is None:
            self.problems.append(
                Problem(self.header.line, net.heading, net.index + 1, "", "", Reason.PRICE_FROM_NET, Severity.WARNING)
            )


def _nothing(encoding: str, separator: str, *problems: Problem) -> ImportResult:
    return ImportResult((), (), problems, 0, encoding, separator, ())


def _with_ancestors(articles: tuple[ImportedArticle, ...]) -> tuple[CategoryPath, ...]:
    """Every category path and those above it, parents first, each once."""
    paths = (path for article in articles for path in (article.category_path, *article.further_category_paths))
    return tuple(dict.fromkeys(path[:level] for path in paths for level in range(1, len(path) + 1)))
