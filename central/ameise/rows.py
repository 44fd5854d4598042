"""One article from one row, plus the further rows that repeat its number for one more GTIN or category."""

from collections.abc import Callable, Set
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

from central.ameise import cells
from central.ameise.cells import CellError
from central.ameise.columns import Cell, Column, Columns, cell
from central.ameise.headers import Meaning
from central.ameise.imported import CategoryPath, Deposit, ImportedArticle
from central.ameise.mapping import ColumnMapping, Mark
from central.ameise.numbers import gross_from_net, unit_price
from central.ameise.problems import Problem, Reason, Severity
from central.ameise.reading import Row
from central.ameise.vat import Vat

DEFAULT_UNIT = "Stk"

_Value = TypeVar("_Value")

# A repeated row adds GTINs and categories; these it must not contradict.
_COMPARED = frozenset(
    {
        Meaning.NAME,
        Meaning.GROSS_PRICE,
        Meaning.NET_PRICE,
        Meaning.VAT_RATE,
        Meaning.TAX_CLASS,
        Meaning.MERCHANDISE_GROUP,
        Meaning.UNIT,
        Meaning.PARENT,
        Meaning.ACTIVE,
        Meaning.PLU,
    }
)


@dataclass(slots=True)
class RowReader:
    """Reads the rows of one file; `parents` are the article numbers that variations name as their parent."""

    columns: Columns
    mapping: ColumnMapping
    parents: Set[str] = frozenset()

    def article(self, rows: list[Row]) -> tuple[ImportedArticle | None, list[Problem]]:
        """The article of `rows`, which share one article number; None when a problem is an error."""
        reading = _Reading(self, rows[0])
        further = [_Reading(self, row) for row in rows[1:]]
        article = reading.article(further)
        problems = [problem for each in (reading, *further) for problem in each.problems]
        faulty = any(problem.severity is Severity.ERROR for problem in problems)
        return (None if faulty else article), problems


@dataclass(slots=True)
class _Reading:
    """One row while it is being read: what cannot be read becomes a problem, the rest goes on."""

    reader: RowReader
    row: Row
    problems: list[Problem] = field(default_factory=list)

    def article(self, further: "list[_Reading]") -> ImportedArticle | None:
        for other in further:
            other.compare_with(self)
        number = self._once(Meaning.ARTICLE_NUMBER, cells.text)
        name = self._name()
        vat = self._vat()
        is_return = self._marked(self.reader.mapping.deposit_return)
        price = self._price(vat, is_return, is_parent=number in self.reader.parents)
        deposit = self._deposit(vat)
        gtins = dict.fromkeys(code for each in (self, *further) for code in each.gtins())
        paths = list(dict.fromkeys(path for each in (self, *further) if (path := each.category_path())))
        parent = self._once(Meaning.PARENT, cells.text)
        if parent is not None and parent == number:
            self._report(Meaning.PARENT, Reason.PARENT_IS_SELF)
        group = self._once(Meaning.MERCHANDISE_GROUP, cells.text)
        unit = self._once(Meaning.UNIT, cells.text)
        plu = self._once(Meaning.PLU, cells.text)
        active = self._once(Meaning.ACTIVE, cells.yes_or_no)
        if number is None or name is None or vat is None or price is None:
            return None
        return ImportedArticle(
            article_number=number,
            name=name,
            gtins=tuple(gtins),
            gross_price=price,
            vat_key=vat.key,
            vat_rate=vat.rate,
            category_path=paths[0] if paths else (),
            further_category_paths=tuple(paths[1:]),
            merchandise_group=group,
            unit=unit or DEFAULT_UNIT,
            weighed=self._marked(self.reader.mapping.weighed),
            plu=plu,
            deposit=deposit,
            deposit_return=is_return,
            active=active is not False,
            parent_article_number=parent,
            sellable=number not in self.reader.parents,
            line=self.row.line,
        )

    def gtins(self) -> tuple[str, ...]:
        codes = (self._read(self._cell(column), cells.gtin_of) for column in self._columns.every(Meaning.GTIN))
        return tuple(code for code in codes if code is not None)

    def category_path(self) -> CategoryPath:
        path: list[str] = []
        gap: Column | None = None
        for column in self._columns.every(Meaning.CATEGORY):
            found = self._cell(column)
            if found is None:
                gap = gap or column
            elif gap is not None:
                self.problems.append(found.problem(Reason.CATEGORY_GAP, gap.heading))
                break
            elif (name := self._read(found, cells.text)) is not None:
                path.append(name)
        return tuple(path)

    def compare_with(self, first: "_Reading") -> None:
        """A repeated row may leave a column empty or repeat the first row's value, but not contradict it."""
        mapping = self.reader.mapping
        special = (mapping.deposit_amount, mapping.deposit_article, *_headings(mapping.deposit_return, mapping.weighed))
        columns = {column for column in self._columns.all if column.meaning in _COMPARED}
        columns |= {column for heading in special if (column := self._columns.headed(heading)) is not None}
        for column in sorted(columns, key=lambda each: each.index):
            mine, theirs = self._cell(column), first._cell(column)
            if mine is not None and mine.text != (theirs.text if theirs else ""):
                self.problems.append(mine.problem(Reason.MERGE_CONFLICT, theirs.text if theirs else "–"))

    @property
    def _columns(self) -> Columns:
        return self.reader.columns

    def _cell(self, column: Column | None) -> Cell | None:
        return cell(self.row, column)

    def _read(self, found: Cell | None, read: Callable[[Cell], _Value]) -> _Value | None:
        if found is None:
            return None
        try:
            return read(found)
        except CellError as error:
            self.problems.append(error.problem)
            return None

    def _once(self, meaning: Meaning, read: Callable[[Cell], _Value]) -> _Value | None:
        return self._read(self._cell(self._columns.first(meaning)), read)

    def _report(self, meaning: Meaning, reason: Reason) -> None:
        """A problem in the column of `meaning`, also where its cell is empty."""
        column = self._columns.first(meaning)
        assert column is not None  # required columns were checked with the header
        text = self.row.cells[column.index].strip()
        self.problems.append(Cell(column, text, self.row.line_of(column.index)).problem(reason))

    def _name(self) -> str | None:
        own = self._columns.first(Meaning.NAME)
        translated = self._cell(self._columns.first(Meaning.TRANSLATED_NAME))
        found = self._cell(own) or translated
        if found is None:
            self._report(Meaning.NAME if own else Meaning.TRANSLATED_NAME, Reason.NAME_MISSING)
        return self._read(found, cells.text)

    def _vat(self) -> Vat | None:
        table = self.reader.mapping.vat
        rate_cell = self._cell(self._columns.first(Meaning.VAT_RATE))
        class_cell = self._cell(self._columns.first(Meaning.TAX_CLASS))
        known = len(self.problems)
        of_class = self._read(class_cell, lambda found: cells.vat_of_class(found, table))
        if rate_cell is None:
            if class_cell is None:
                has_rate = self._columns.first(Meaning.VAT_RATE) is not None
                self._report(Meaning.VAT_RATE if has_rate else Meaning.TAX_CLASS, Reason.VAT_MISSING)
            return of_class
        del self.problems[known:]  # with a rate in the file, an unfamiliar class name does no harm
        if (named := table.for_class(rate_cell.text)) is not None:
            self.problems.append(rate_cell.problem(Reason.VAT_FROM_CLASS, str(named), Severity.WARNING))
            return named
        vat = self._read(rate_cell, lambda found: cells.vat_of_rate(found, table))
        if vat is not None and of_class is not None and class_cell is not None:
            if of_class.rate != vat.rate:
                self.problems.append(class_cell.problem(Reason.VAT_CONFLICT, str(vat)))
            return of_class  # among the keys of 0 % the class is the more exact one
        return vat

    def _price(self, vat: Vat | None, is_return: bool, is_parent: bool) -> int | None:
        gross_column = self._columns.first(Meaning.GROSS_PRICE)
        gross_cell = self._cell(gross_column)
        net_cell = self._cell(self._columns.first(Meaning.NET_PRICE))
        found = gross_cell or net_cell
        if found is None:
            if is_parent:
                return 0
            self._report(Meaning.GROSS_PRICE if gross_column else Meaning.NET_PRICE, Reason.PRICE_MISSING)
            return None
        euros = self._read(found, lambda price: cells.euros(price, negative_allowed=is_return))
        if euros is None:
            return None
        price = self._gross(euros, found is net_cell, vat)
        if price == 0 and not is_parent:
            self.problems.append(found.problem(Reason.PRICE_ZERO, severity=Severity.WARNING))
        if found is net_cell and gross_column is not None:
            self.problems.append(found.problem(Reason.PRICE_FROM_NET, severity=Severity.WARNING))
        return price

    @staticmethod
    def _gross(euros: Fraction, is_net: bool, vat: Vat | None) -> int | None:
        if not is_net:
            return unit_price(euros)
        return gross_from_net(euros, vat.rate) if vat is not None else None

    def _deposit(self, vat: Vat | None) -> Deposit | None:
        found = self._cell(self._columns.headed(self.reader.mapping.deposit_amount))
        euros = self._read(found, cells.euros)
        if not euros or vat is None:
            return None
        return Deposit(unit_price(euros), vat.key, vat.rate)

    def _marked(self, mark: Mark | None) -> bool:
        found = self._cell(self._columns.headed(mark.heading)) if mark else None
        return mark is not None and found is not None and mark.matches(found.text)


def _headings(*marks: Mark | None) -> tuple[str, ...]:
    return tuple(mark.heading for mark in marks if mark is not None)
