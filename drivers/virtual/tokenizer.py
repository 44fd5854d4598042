"""Cuts the byte stream to a printer into commands and characters.

Invariant: any split of the stream gives the same tokens, because a character is a token of its own and an unfinished command
stays here until its last byte has come. Real-time commands appear here as well, so that they are not printed; they act on
reception (`drivers.virtual.realtime`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from drivers.virtual.commands import BY_PREFIX, INTRODUCERS, UNFINISHED, Command

TEXT: Final = "text"
UNKNOWN: Final = "unknown"
CONTROLS: Final = {0x09: "HT", 0x0A: "LF", 0x0C: "FF", 0x0D: "CR", 0x18: "CAN"}


@dataclass(frozen=True, slots=True)
class Token:
    """One command, control character or character. `body` is what follows the prefix; `raw` is everything."""

    name: str
    raw: bytes
    body: bytes = b""


class Tokenizer:
    """Takes any pieces of a stream and gives the tokens that are complete."""

    def __init__(self) -> None:
        self._prefix = bytearray()
        self._command: Command | None = None
        self._body = bytearray()

    @property
    def unfinished(self) -> int:
        """Bytes of a command that has begun and not ended."""
        return len(self._prefix) + len(self._body)

    def reset(self) -> None:
        """Forget a command that has begun (the receive buffer was cleared)."""
        self._prefix.clear()
        self._body.clear()
        self._command = None

    def feed(self, data: bytes) -> list[Token]:
        """Take the next bytes of the stream; return the tokens they complete."""
        tokens: list[Token] = []
        at = 0
        while at < len(data):
            if self._command is None:
                self._lead(data[at], tokens)
                at += 1
            else:
                wanted = self._command.need(bytes(self._body)) - len(self._body)
                self._body += data[at : at + wanted]
                at += wanted
            self._finish(tokens)
        return tokens

    def _lead(self, byte: int, tokens: list[Token]) -> None:
        if not self._prefix and byte not in INTRODUCERS:
            tokens.append(character(byte))
            return
        prefix = bytes(self._prefix) + bytes((byte,))
        if prefix in BY_PREFIX:
            self._prefix[:] = prefix
            self._command = BY_PREFIX[prefix]
        elif prefix in UNFINISHED:
            self._prefix[:] = prefix
        elif byte in INTRODUCERS:
            tokens.append(Token(UNKNOWN, bytes(self._prefix)))
            self._prefix[:] = bytes((byte,))
        else:
            tokens.append(Token(UNKNOWN, prefix))
            self._prefix.clear()

    def _finish(self, tokens: list[Token]) -> None:
        if self._command is None or len(self._body) < self._command.need(bytes(self._body)):
            return
        body = bytes(self._body)
        tokens.append(Token(self._command.name, self._command.prefix + body, body))
        self.reset()


def character(byte: int) -> Token:
    """The token of one byte that belongs to no command."""
    raw = bytes((byte,))
    if byte >= 0x20:
        return Token(TEXT, raw, raw)
    return Token(CONTROLS.get(byte, "control"), raw)
