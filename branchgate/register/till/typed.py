"""What a cashier types at the terminal till, understood without I/O: German words first, English beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_AMOUNT_OF = re.compile(r"(\d+(?:[.,]\d+)?)\s*[*x]\s*(\S.*)", re.IGNORECASE)

_WORDS = {
    "bar": "cash", "cash": "cash",
    "karte": "card", "card": "card",
    "zurück": "take-off", "off": "take-off",
    "rückgabe": "return", "return": "return",
    "abbruch": "abandon", "abandon": "abandon",
    "storno": "void", "void": "void",
    "anfang": "float", "float": "float",
    "ein": "paid-in", "in": "paid-in",
    "aus": "paid-out", "out": "paid-out",
    "lade": "drawer", "drawer": "drawer",
    "kopie": "print", "print": "print",
    "ja": "yes", "yes": "yes",
    "nein": "no", "no": "no",
    "x": "x",
    "z": "close", "close": "close",
    "status": "status",
    "hilfe": "help", "help": "help",
    "ende": "quit", "quit": "quit",
}  # fmt: skip
"""Each word and what it does; anything else is an article."""


@dataclass(frozen=True, slots=True)
class Typed:
    """One thing to do. `rest` is what stood behind the word, for an article its number, GTIN or name; `quantity` as typed, empty without one."""

    do: str
    rest: str = ""
    quantity: str = ""


def understood(line: str) -> Typed | None:
    """What a line means, None for an empty one. An article of a word's name is reached with a quantity: `1 * Karte`."""
    text = line.strip()
    if not text:
        return None
    amount = _AMOUNT_OF.fullmatch(text)
    if amount:
        return Typed("article", amount[2], amount[1])
    word, _, rest = text.partition(" ")
    do = _WORDS.get(word.casefold())
    return Typed(do, rest.strip()) if do else Typed("article", text)
