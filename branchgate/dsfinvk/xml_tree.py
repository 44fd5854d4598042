"""XML as a small tree with line numbers, read with expat so that nothing in it is ever expanded, fetched or nested without end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

DEEPEST: Final = 32


class EntityDeclared(Exception):
    """The document declares entities; the text is the entity's name."""


class NotWellFormed(Exception):
    """The document is no XML; `line` says where it stops being it."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class Element:
    """An element: its name, its line, the elements inside and the text between them."""

    name: str
    line: int
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def first(self, name: str) -> Element | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def text_of(self, name: str) -> str | None:
        """The text of the first child of that name, None without such a child."""
        child = self.first(name)
        return None if child is None else child.text


@dataclass(frozen=True, slots=True)
class Document:
    """A document's root, and the file that its DOCTYPE names (None without one) in which line (0 without one)."""

    root: Element
    doctype: str | None
    doctype_line: int


def parsed(content: bytes) -> Document:
    """Reads a document. Raises EntityDeclared, NotWellFormed."""
    builder = _Builder()
    try:
        builder.parser.Parse(content, True)
    except expat.ExpatError as problem:
        raise NotWellFormed(expat.ErrorString(problem.code), problem.lineno) from problem
    return Document(builder.root, builder.doctype, builder.doctype_line)


class _Builder:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.doctype: str | None = None
        self.doctype_line = 0
        self._open: list[Element] = []
        self.root = Element("", 0)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.parser.StartDoctypeDeclHandler = self._start_doctype
        self.parser.EntityDeclHandler = self._entity

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        element = Element(name, self.parser.CurrentLineNumber)
        if len(self._open) >= DEEPEST:
            raise NotWellFormed(f"more than {DEEPEST} elements inside each other", element.line)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _data(self, text: str) -> None:
        self._open[-1].text += text

    def _start_doctype(self, _name: str, system_id: str | None, _public_id: str | None, _internal: bool) -> None:
        self.doctype = system_id
        self.doctype_line = self.parser.CurrentLineNumber

    def _entity(self, name: str, *_rest: object) -> None:
        raise EntityDeclared(name)
