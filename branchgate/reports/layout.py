"""Lines of fixed width: a label at the left, amounts at the right, never longer than the paper is wide."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from branchgate.printable import clean

WIDTH = 48
"""Characters per line of 80 mm paper in font A."""

_SHORTEST_LABEL = 8


def centred(text: str) -> list[str]:
    """A text in the middle, on as many lines as it needs."""
    return [line.center(WIDTH).rstrip() for line in wrap(clean(text), WIDTH)]


def rule(character: str = "-") -> str:
    """A line across."""
    return character * WIDTH


def pair(label: str, value: str) -> str:
    """A label and its value; the label gives way first."""
    value = clipped(value, min(len(value), WIDTH - _SHORTEST_LABEL - 1))
    room = WIDTH - len(value) - 1
    return f"{clipped(label, room)} {value}"


def columns(label: str, values: Sequence[str], width: int) -> str:
    """A label and several values in columns of `width`; a value that does not fit takes from the label.

    When not even that is enough, each value has a line of its own: an amount is never cut.
    """
    right = "".join(value.rjust(max(width, len(value) + 1)) for value in values)
    if len(right) >= WIDTH:
        return "\n".join([clipped(label, WIDTH), *(value.rjust(WIDTH) for value in values)])
    return clipped(label, WIDTH - len(right)) + right


def clipped(text: str, room: int) -> str:
    """The text, filled up or cut to exactly `room` characters; a cut shows."""
    text = clean(text)
    if not room:
        return ""
    return text.ljust(room) if len(text) <= room else text[: room - 1] + "…"
