"""Texts that came from elsewhere, on their way to paper or to a terminal."""

from __future__ import annotations


def clean(text: str) -> str:
    """In one line: what does not print (line feeds, escape sequences, turned writing) becomes a blank."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else " " for character in text)


def clean_lines(text: str) -> str:
    """Like `clean`, of a text that has lines of its own."""
    return "\n".join(clean(line) for line in text.split("\n"))
