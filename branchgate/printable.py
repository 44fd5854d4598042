"""Texts that came from elsewhere, on their way to paper or to a terminal."""

from __future__ import annotations


def clean(text: str) -> str:
    """In one line: what does not print (line feeds, escape sequences, turned writing) becomes a blank."""
    return "".join(character if character.isprintable() else " " for character in text)
