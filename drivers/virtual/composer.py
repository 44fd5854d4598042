"""Turns print commands into lines, symbols and pictures: the print buffer and its printing.

After the Epson ESC/POS reference, standard mode. Page mode is not modelled. Nothing here knows of links, faults or time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from drivers.virtual.barcodes import NotEncodable, encode
from drivers.virtual.codepages import Charset
from drivers.virtual.graphic_memory import GraphicMemory
from drivers.virtual.graphics import column_image, raster_image
from drivers.virtual.modes import AT_LINE_START, SELECTIONS, Modes
from drivers.virtual.paper import Barcode, Element, Feed, Image, Line, Picture, Placement, Run, Strip
from drivers.virtual.symbols import QrStore
from drivers.virtual.tokenizer import TEXT, Token


class Composer:
    """The print modes and the print buffer of one printer; `width` is the printable width in dots.

    `complaints` collects what a host asked for and this printer cannot do.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._handlers: dict[str, Callable[[bytes], list[Element]]] = {
            TEXT: self._text,
            "LF": lambda _: self._print_line(),
            "HT": self._tab,
            "ESC $": self._move,
            "ESC \\": self._move_on,
            "ESC d": lambda body: self._print_and_feed(body[0] * self._modes.spacing),
            "ESC J": lambda body: self._print_and_feed(body[0]),
            "ESC *": self._column_image,
            "GS v 0": lambda body: self._picture(raster_image(body)),
            "GS k": self._barcode,
            "FS p": lambda body: self._picture(self._graphics.logo(body)),
            "FS q": lambda body: self._keep(self._graphics.define_logos, body),
            "GS /": lambda body: self._picture(self._graphics.bit_image(body)),
            "GS *": lambda body: self._keep(self._graphics.define_bit_image, body),
        }
        self.complaints: list[str] = []
        self._graphics = GraphicMemory(self.complaints.append)
        self.reset()

    def reset(self) -> None:
        """ESC @: clear the print buffer, all modes as after power-on."""
        self._modes = Modes(width=self._width, area=self._width)
        self._charset = Charset()
        self._qr = QrStore()
        self._graphics.reset()
        self.clear()

    def clear(self) -> None:
        """Throw away the line being built; modes stay."""
        self._parts: list[Run | Strip] = []
        self._x = 0

    @property
    def line_begun(self) -> bool:
        """Whether there is data that nothing has printed yet."""
        return bool(self._parts)

    def execute(self, token: Token) -> list[Element]:
        """Do what a token says; return what was printed by it."""
        if token.name in self._handlers:
            return self._handlers[token.name](token.body)
        if token.name in SELECTIONS and not (self._parts and token.name in AT_LINE_START):
            self._modes = SELECTIONS[token.name](self._modes, token.body)
            self._select_characters(token.name)
        return []

    def symbol_function(self, body: bytes) -> list[Element]:
        """GS ( k, everything behind the bracket."""
        try:
            symbol = self._qr.function(body, self._placement)
        except NotEncodable as complaint:
            self.complaints.append(str(complaint))
            return []
        return [*self._print_begun(), symbol] if symbol else []

    def graphic_function(self, parameters: bytes) -> list[Element]:
        """GS ( L and GS 8 L, the part behind the length: m fn ..."""
        return self._picture(self._graphics.function(parameters))

    @property
    def _placement(self) -> Placement:
        modes = self._modes
        return Placement(modes.left, min(modes.area, self._width - modes.left), modes.align)

    def _select_characters(self, command: str) -> None:
        if command == "ESC t" and not self._charset.select_page(self._modes.page):
            self.complaints.append(f"ESC t {self._modes.page}: no such code page")
        if command == "ESC R" and not self._charset.select_international(self._modes.international):
            self.complaints.append(f"ESC R {self._modes.international}: no such character set")

    def _text(self, body: bytes) -> list[Element]:
        style = self._modes.style
        width = style.cell[0] + self._modes.gap
        printed = self._print_line() if self._x and self._x + width > self._placement.width else []
        character = self._charset.character(body[0])
        last = self._parts[-1] if self._parts else None
        if isinstance(last, Run) and last.style == style and last.x + last.size[0] == self._x:
            self._parts[-1] = replace(last, text=last.text + character)
        else:
            self._parts.append(Run(self._x, character, style))
        self._x += width
        return printed

    def _print_line(self) -> list[Element]:
        line = Line(tuple(self._parts), self._placement, self._modes.spacing)
        self.clear()
        return [replace(line, advance=max(self._modes.spacing, line.height))]

    def _print_begun(self) -> list[Element]:
        return self._print_line() if self._parts else []

    def _print_and_feed(self, dots: int) -> list[Element]:
        """The command's feed takes the place of the line feed, but not of the height of what is printed."""
        if not self._parts:
            return [Feed(dots)] if dots else []
        line = Line(tuple(self._parts), self._placement, 0)
        self.clear()
        return [replace(line, advance=max(dots, line.height))]

    def _tab(self, _body: bytes) -> list[Element]:
        cell = self._modes.style.cell[0]
        following = next((column * cell for column in self._modes.tabs if column * cell > self._x), None)
        if following is not None and following < self._placement.width:
            self._x = following
        return []

    def _move(self, body: bytes) -> list[Element]:
        self._x = min(body[0] | body[1] << 8, self._placement.width)
        return []

    def _move_on(self, body: bytes) -> list[Element]:
        distance = int.from_bytes(body, "little", signed=True)
        self._x = max(0, min(self._x + distance, self._placement.width))
        return []

    def _column_image(self, body: bytes) -> list[Element]:
        image = column_image(body)
        if image is None:
            self.complaints.append(f"ESC * mode {body[0]} is not supported")
        else:
            self._parts.append(Strip(self._x, image))
            self._x += image.size[0]
        return []

    def _picture(self, image: Image | None) -> list[Element]:
        return [*self._print_begun(), Picture(image, self._placement)] if image else []

    def _keep(self, define: Callable[[bytes], None], body: bytes) -> list[Element]:
        define(body)
        return []

    def _barcode(self, body: bytes) -> list[Element]:
        """GS k m d1...dk NUL, or GS k m n d1...dn."""
        modes, data = self._modes, body[1:-1] if body[0] <= 6 else body[2:]
        try:
            pattern = encode(body[0], data)
        except NotEncodable as complaint:
            self.complaints.append(str(complaint))
            return []
        symbol = Barcode(pattern, modes.bar_module, modes.bar_height, modes.hri, modes.hri_font, self._placement)
        return [*self._print_begun(), symbol]
