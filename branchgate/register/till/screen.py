"""What a cashier sees: words and figures in one language, one thing a line, harmless whatever they hold."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from branchgate.errors.texts import Language
from branchgate.money import euros
from branchgate.printable import clean_lines
from branchgate.register.till.words import word

FIGURES_FROM = 44
"""Column in which amounts begin to stand."""


class Screen:
    """A terminal with a prompt that other lines may interrupt."""

    def __init__(self, console: Console, language: Language) -> None:
        self._console = console
        self._at_prompt = False
        self.language: Language = language

    def prompt(self) -> None:
        """Asks for the next line."""
        self._console.print("> ", end="")
        self._at_prompt = True

    def typed(self) -> None:
        """A line was typed: what comes now stands below it."""
        self._at_prompt = False

    def tell(self, text: str, *, style: str = "") -> None:
        """Shows a text that may hold what was made elsewhere: no markup, no emoji codes, no escape sequences."""
        self._console.print(Text(clean_lines(text), style=style))

    def say(self, key: str, *, style: str = "", **values: object) -> None:
        """Shows one of the till's own texts."""
        self.tell(self.word(key, **values), style=style)

    def pair(self, left: str, cents: int, *, style: str = "") -> None:
        """Shows a text and an amount."""
        self.tell(f"{left:<{FIGURES_FROM}} {euros(cents, self.language):>10}", style=style)

    def interrupt(self, text: str, *, style: str = "") -> None:
        """Something that happened by itself, perhaps while somebody types: on a line of its own, and the prompt again below it."""
        if not self._at_prompt:
            self.tell(text, style=style)
            return
        self._console.print()
        self.tell(text, style=style)
        self.prompt()

    def word(self, key: str, **values: object) -> str:
        """One of the till's own texts."""
        return word(key, self.language, **values)
