"""A customer display made of software: takes the bytes of either language and knows what a customer would read.

Written from the manuals and not from `drivers.display`, so that a mistake in one shows in the other. Epson DM-D110 specification
and Partner CD-5220 manual, chapter 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from drivers.virtual.small_device import OrderRefused, Switches

COLUMNS: Final = 20
LANGUAGES: Final = ("escpos", "cd5220")
ESC: Final = 0x1B
US: Final = 0x1F
CLR: Final = 0x0C
CAN: Final = 0x18
CR: Final = 0x0D
STRING_COMMAND: Final = ord("Q")
MOST_COMPLAINTS: Final = 20

_PARAMETERS: Final[Mapping[str, Mapping[bytes, int]]] = {
    "escpos": {
        b"\x1b@": 0, b"\x1bt": 1, b"\x1bR": 1, b"\x1b=": 1, b"\x1f\x01": 0, b"\x1f\x02": 0, b"\x1f\x03": 0,
        b"\x1f$": 2, b"\x1fC": 1, b"\x1fX": 1, b"\x1fE": 1, b"\x1fr": 1,
    },
    "cd5220": {
        b"\x1b@": 0, b"\x1b\x11": 0, b"\x1b\x12": 0, b"\x1b\x13": 0, b"\x1bf": 1, b"\x1bc": 1, b"\x1b_": 1, b"\x1b*": 1,
        b"\x1b=": 1, b"\x1bl": 2,
    },
}  # fmt: skip
"""Bytes that follow each command."""

_CODE_PAGES: Final = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}
_GERMAN: Final = str.maketrans("@[\\]{|}~", "§ÄÖÜäöüß")


class VirtualDisplay:
    """Two lines of twenty characters. Raises ValueError for a language it does not speak."""

    def __init__(self, language: str = "escpos") -> None:
        if language not in LANGUAGES:
            raise ValueError(f"language must be one of {', '.join(LANGUAGES)}")
        self.language = language
        self.switches = Switches()
        self.complaints: list[str] = []
        self._pending = b""
        self._power_on()

    @property
    def lines(self) -> tuple[str, str]:
        """What stands on it."""
        return "".join(self._cells[:COLUMNS]), "".join(self._cells[COLUMNS:])

    def receive(self, data: bytes) -> bytes:
        """Take bytes; a display never answers."""
        for byte in data:
            self._pending += bytes((byte,))
            if self._done():
                self._pending = b""
        return b""

    def obey(self, order: Mapping[str, Any]) -> None:
        """`{"do": "power_cycle"}`: off and on again; nobody is told."""
        if order.get("do") != "power_cycle":
            raise OrderRefused("do", order.get("do"), "must be state or power_cycle")
        self._power_on()

    def state(self) -> dict[str, Any]:
        """Both lines, and what was not understood."""
        return {"lines": list(self.lines), "complaints": list(self.complaints)}

    def _power_on(self) -> None:
        self._cells = [" "] * (2 * COLUMNS)
        self._cursor = 0
        self._code_page: str | None = "cp437"
        self._german = False
        self._string_mode = False
        self._pending = b""

    def _done(self) -> bool:
        """Whether what is pending was a whole command or character, and has been carried out."""
        code = self._pending[0]
        if code not in (ESC, US):
            self._character(code)
            return True
        if len(self._pending) == 1:
            return False
        command = self._pending[:2]
        if self.language == "cd5220" and command == bytes((ESC, STRING_COMMAND)):
            return self._string()
        count = _PARAMETERS[self.language].get(command)
        if count is None or self._string_mode:
            self._complain(f"{command.hex(' ')} in string mode" if self._string_mode else command.hex(" "))
            return True
        if len(self._pending) < 2 + count:
            return False
        self._command(command, self._pending[2:])
        return True

    def _string(self) -> bool:
        if self._pending[-1] != CR or len(self._pending) < 4:
            return False
        line, text = self._pending[2], self._pending[3:-1]
        if line not in b"AB" or len(text) > COLUMNS or any(code < 0x20 for code in text):
            self._complain(self._pending.hex(" "))
            return True
        start = (line - ord("A")) * COLUMNS
        self._cells[start : start + COLUMNS] = self._signs(text).ljust(COLUMNS)
        self._string_mode = True
        return True

    def _command(self, command: bytes, parameters: bytes) -> None:
        match command:
            case b"\x1b@":
                self._power_on()
            case b"\x1bt":
                self._code_page = _CODE_PAGES.get(parameters[0])
            case b"\x1bR" | b"\x1bf":
                self._german = parameters in (b"G", b"\x02")
            case b"\x1f$" | b"\x1bl":
                column, row = parameters
                if 1 <= column <= COLUMNS and row in (1, 2):
                    self._cursor = (row - 1) * COLUMNS + column - 1
                else:
                    self._complain(f"cursor to {column}, {row}")

    def _character(self, code: int) -> None:
        if code == CLR:
            self._cells, self._cursor, self._string_mode = [" "] * (2 * COLUMNS), 0, False
        elif code == CAN:
            start = self._cursor // COLUMNS * COLUMNS
            self._cells[start : start + COLUMNS] = " " * COLUMNS
            self._string_mode = False
        elif code < 0x20 or self._string_mode:
            self._complain(f"{code:02x}")
        else:
            self._cells[self._cursor] = self._signs(bytes((code,)))
            self._cursor = (self._cursor + 1) % (2 * COLUMNS)

    def _signs(self, codes: bytes) -> str:
        shown = codes.decode(self._code_page, "replace") if self._code_page else "\ufffd" * len(codes)
        return shown.translate(_GERMAN) if self._german else shown

    def _complain(self, what: str) -> None:
        self.complaints = [*self.complaints, what][-MOST_COMPLAINTS:]
