"""index.xml against its grammar, the specification's tables, and the files that lie beside it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Final

from branchgate.dsfinvk import gdpdu
from branchgate.dsfinvk.facts import DTD_FILE, INDEX_FILE, Column, Table, tables
from branchgate.dsfinvk.faults import Fault, Faults
from branchgate.dsfinvk.xml_tree import Document, Element, EntityDeclared, NotWellFormed, parsed

MOST_BYTES: Final = 4 << 20

_DIALECT: Final = (
    ("DecimalSymbol", ","),
    ("DigitGroupingSymbol", "."),
    ("VariableLength/ColumnDelimiter", ";"),
    ("VariableLength/RecordDelimiter", "\r\n"),
    ("VariableLength/TextEncapsulator", '"'),
    ("Range/From", "2"),
)
_COLUMNS: Final = {"VariableColumn", "VariablePrimaryKey"}


@dataclass(frozen=True, slots=True)
class Index:
    """What index.xml declares: files, and of each the columns behind the specification's own."""

    files: tuple[str, ...]
    own_columns: dict[str, tuple[str, ...]]


def read_index(content: bytes, present: Set[str], faults: Faults) -> Index | None:
    """Judges an index.xml that lies beside the files `present`; None when it cannot be read at all."""
    try:
        document = parsed(content)
    except EntityDeclared as entity:
        faults.add(Fault("INDEX_ENTITY", INDEX_FILE, 0, value=str(entity)))
        return None
    except NotWellFormed as problem:
        faults.add(Fault("INDEX_XML", INDEX_FILE, problem.line, value=str(problem)))
        return None
    judge = _Judge(faults)
    judge.doctype(document, present)
    judge.grammar(document.root)
    found = [table for media in document.root.children for table in media.children if table.name == "Table"]
    return judge.tables(found, present)


class _Judge:
    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def doctype(self, document: Document, present: Set[str]) -> None:
        if document.doctype != DTD_FILE:
            self._fault("INDEX_DOCTYPE", document.doctype_line, value=document.doctype or "", rule=DTD_FILE)
        if DTD_FILE not in present:
            self._faults.add(Fault("DTD_MISSING", DTD_FILE, 0, rule=DTD_FILE))

    def grammar(self, root: Element) -> None:
        if root.name != "DataSet":
            self._fault("INDEX_GRAMMAR", root.line, root.name, root.name, "DataSet")
        waiting = [root]
        while waiting:
            element = waiting.pop()
            children = [child.name for child in element.children]
            if not gdpdu.fits(element.name, children, element.text):
                rule = gdpdu.model_of(element.name) or ""
                self._fault(
                    "INDEX_GRAMMAR", element.line, element.name, ", ".join(children) or element.text.strip(), rule
                )
            waiting.extend(reversed(element.children))

    def tables(self, found: list[Element], present: Set[str]) -> Index:
        files = list[str]()
        own = dict[str, tuple[str, ...]]()
        for element in found:
            file = (element.text_of("URL") or "").strip()
            if file in files:
                self._fault("INDEX_TABLE_TWICE", _line_of(element, "URL"), "URL", file)
                continue
            files.append(file)
            if file not in present:
                self._faults.add(Fault("FILE_MISSING", file, 0, rule=INDEX_FILE))
            if table := tables().get(file):
                own[file] = self._table(table, element)
            else:
                self._fault("INDEX_TABLE_UNKNOWN", _line_of(element, "URL"), "URL", file)
        return Index(tuple(files), own)

    def _table(self, table: Table, element: Element) -> tuple[str, ...]:
        name = element.text_of("Name")
        if name is not None and name != table.name:
            self._fault("INDEX_TABLE_NAME", _line_of(element, "Name"), table.file, name, table.name)
        if not element.first("UTF8"):
            self._fault("INDEX_DIALECT", element.line, table.file, "", "<UTF8/>")
        for path, expected in _DIALECT:
            inner = _inside(element, path)
            found = inner.text if inner else ""
            if found != expected:
                line = inner.line if inner else element.line
                self._fault("INDEX_DIALECT", line, table.file, repr(found), f"{path} {expected!r}")
        body = element.first("VariableLength")
        columns = [child for child in body.children if child.name in _COLUMNS] if body else []
        return self._columns(table, element.line, columns)

    def _columns(self, table: Table, line: int, columns: list[Element]) -> tuple[str, ...]:
        names = [column.text_of("Name") or "" for column in columns]
        for place, column in enumerate(table.columns):
            name = names[place] if place < len(names) else ""
            if name != column.name:
                at = columns[place].line if place < len(columns) else line
                self._fault("INDEX_COLUMN", at, f"{table.file}/{column.name}", name, column.name)
                return ()
            for code, value, rule in _problems_of_column(column, columns[place]):
                self._fault(code, columns[place].line, f"{table.file}/{column.name}", value, rule)
        return tuple(names[len(table.columns) :])

    def _fault(self, code: str, line: int, column: str = "", value: str = "", rule: str = "") -> None:
        self._faults.add(Fault(code, INDEX_FILE, line, column, value, rule))


def _problems_of_column(column: Column, element: Element) -> Iterator[tuple[str, str, str]]:
    kind = "Numeric" if column.numeric else "AlphaNumeric"
    found = next((child for child in element.children if child.name in {"Numeric", "AlphaNumeric", "Date"}), None)
    if found is None or found.name != kind:
        yield "INDEX_TYPE", found.name if found else "", kind
    elif column.numeric:
        accuracy = (found.text_of("Accuracy") or "0").strip()
        if accuracy != str(column.decimals):
            yield "INDEX_ACCURACY", accuracy, str(column.decimals)
    else:
        length = (element.text_of("MaxLength") or "").strip()
        if length != str(column.length):
            yield "INDEX_LENGTH", length, str(column.length)


def _line_of(element: Element, name: str) -> int:
    child = element.first(name)
    return child.line if child else element.line


def _inside(element: Element, path: str) -> Element | None:
    found: Element | None = element
    for name in path.split("/"):
        found = found.first(name) if found else None
    return found
