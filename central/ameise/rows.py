"""One article from one row, plus the further rows that repeat its number for one more GTIN or category."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

from central.ameise import cells
from central.ameise.charges import read_deposit, read_price, read_vat
from central.ameise.columns import Column, Columns
from central.ameise.headers import ONE_PER_ARTICLE, Meaning
from central.ameise.imported import CategoryPath, ImportedArticle
from central.ameise.mapping import ColumnMapping
from central.ameise.problems import Problem, Reason
from central.ameise.reading import Row
from central.ameise.rowcells import RowCells

DEFAULT_UNIT = "Stk"

# A repeated row adds GTINs and categories; these it must not contradict.
_COMPARED = frozenset(ONE_PER_ARTICLE)


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one file; `parents` are the article numbers that variations name as their parent."""

    columns: Columns
    mapping: ColumnMapping
    parents: Set[str] = frozenset()

    def article(self, rows: list[Row]) -> tuple[ImportedArticle | None, list[Problem]]:
        """The article of `rows`, which share one article number; None when a problem is an error."""
        first, *further = (RowCells(row, self.columns) for row in rows)
        for other in further:
            self._compare(other, first)
        article = self._article(first)
        gtins = dict.fromkeys(code for row in (first, *further) for code in _gtins(row))
        paths = list(dict.fromkeys(path for row in (first, *further) if (path := _category_path(row))))
        problems = [problem for row in (first, *further) for problem in row.problems]
        if article is None or any(row.is_faulty for row in (first, *further)):
            return None, problems
        complete = replace(
            article,
            gtins=tuple(gtins),
            category_path=paths[0] if paths else (),
            further_category_paths=tuple(paths[1:]),
        )
        return complete, problems

    def _article(self, row: RowCells) -> ImportedArticle | None:
        """The article without what further rows may add; None when it would be incomplete."""
        number = row.once(Meaning.ARTICLE_NUMBER, cells.text)
        name = _name(row)
        vat = read_vat(row, self.mapping.vat)
        is_return = row.is_marked(self.mapping.deposit_return)
        price = read_price(row, vat, is_return, is_parent=number in self.parents)
        deposit = read_deposit(row, self.mapping.deposit_amount, vat)
        group = row.once(Meaning.MERCHANDISE_GROUP, cells.text)
        unit = row.once(Meaning.UNIT, cells.text)
        plu = row.once(Meaning.PLU, cells.text)
        active = row.once(Meaning.ACTIVE, cells.yes_or_no)
        parent = row.of(Meaning.PARENT)
        if parent is not None and parent.text == number:
            row.problems.append(parent.problem(Reason.PARENT_IS_SELF))
        if number is None or name is None or vat is None or price is None:
            return None
        return ImportedArticle(
            article_number=number,
            name=name,
            gtins=(),
            gross_price=price,
            vat_key=vat.key,
            vat_rate=vat.rate,
            category_path=(),
            further_category_paths=(),
            merchandise_group=group,
            unit=unit or DEFAULT_UNIT,
            weighed=row.is_marked(self.mapping.weighed),
            plu=plu,
            deposit=deposit,
            deposit_return=is_return,
            active=active is not False,
            parent_article_number=row.read(parent, cells.text),
            sellable=number not in self.parents,
            line=row.row.line,
        )

    def _compare(self, repeated: RowCells, first: RowCells) -> None:
        """A repeated row may leave a column empty or repeat the first row's value, but not contradict it."""
        for column in self.columns.all:
            if column.meaning not in _COMPARED and not self.mapping.names(column.heading):
                continue
            mine, theirs = repeated.at(column), first.at(column)
            if mine is not None and (theirs is None or mine.text != theirs.text):
                repeated.problems.append(mine.problem(Reason.MERGE_CONFLICT, theirs.text if theirs else "–"))


def _name(row: RowCells) -> str | None:
    found = row.of(Meaning.NAME) or row.of(Meaning.TRANSLATED_NAME)
    if found is None:
        row.report_missing(Reason.NAME_MISSING, Meaning.NAME, Meaning.TRANSLATED_NAME)
    return row.read(found, cells.text)


def _gtins(row: RowCells) -> tuple[str, ...]:
    codes = (row.read(row.at(column), cells.gtin_of) for column in row.columns.every(Meaning.GTIN))
    return tuple(code for code in codes if code is not None)


def _category_path(row: RowCells) -> CategoryPath:
    path: list[str] = []
    gap: Column | None = None
    for column in row.columns.every(Meaning.CATEGORY):
        found = row.at(column)
        if found is None:
            gap = gap or column
        elif gap is not None:
            row.problems.append(found.problem(Reason.CATEGORY_GAP, gap.heading))
            break
        elif (name := row.read(found, cells.text)) is not None:
            path.append(name)
    return tuple(path)
