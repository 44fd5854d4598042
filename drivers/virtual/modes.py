"""Print modes: what stays selected from one command to the next, and the commands that select it.

After the Epson ESC/POS reference, standard mode. One row of `SELECTIONS` per command: parameters in, new modes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from drivers.virtual.paper import Align, Font, Style

DEFAULT_SPACING: Final = 30  # 3.75 mm


@dataclass(frozen=True, slots=True)
class Modes:
    """Everything ESC @ puts back to its default. Lengths are dots."""

    width: int
    """Printable width of the paper; no command changes it."""

    area: int
    """Printing area width, GS W."""

    left: int = 0
    style: Style = field(default_factory=Style)
    align: Align = Align.LEFT
    spacing: int = DEFAULT_SPACING
    gap: int = 0
    tabs: tuple[int, ...] = tuple(range(8, 256, 8))
    page: int = 0
    international: int = 0
    bar_height: int = 162
    bar_module: int = 3
    hri: int = 0
    hri_font: Font = Font.A

    def styled(self, **changes: Any) -> Modes:
        """The same with another look of characters."""
        return replace(self, style=replace(self.style, **changes))


def _u16(body: bytes) -> int:
    return body[0] | body[1] << 8


def _font(number: int) -> Font:
    return Font.B if number in (1, 49) else Font.A


def _choice(number: int, highest: int) -> int:
    """Parameters that may be given as n or as the digit n; what is out of range counts as 0."""
    plain = number - 48 if number >= 48 else number
    return plain if plain <= highest else 0


def _print_mode(modes: Modes, body: bytes) -> Modes:
    bits = body[0]
    return modes.styled(
        font=_font(bits & 0x01),
        bold=bool(bits & 0x08),
        height=2 if bits & 0x10 else 1,
        width=2 if bits & 0x20 else 1,
        underline=1 if bits & 0x80 else 0,
    )


SELECTIONS: Final[Mapping[str, Callable[[Modes, bytes], Modes]]] = MappingProxyType(
    {
        "ESC !": _print_mode,
        "GS !": lambda modes, b: modes.styled(width=(b[0] >> 4 & 7) + 1, height=(b[0] & 7) + 1),
        "ESC E": lambda modes, b: modes.styled(bold=bool(b[0] & 1)),
        "ESC G": lambda modes, b: modes.styled(bold=bool(b[0] & 1)),
        "ESC -": lambda modes, b: modes.styled(underline=_choice(b[0], 2)),
        "ESC M": lambda modes, b: modes.styled(font=_font(b[0])),
        "GS B": lambda modes, b: modes.styled(inverse=bool(b[0] & 1)),
        "ESC a": lambda modes, b: replace(modes, align=Align(_choice(b[0], 2))),
        "ESC t": lambda modes, b: replace(modes, page=b[0]),
        "ESC R": lambda modes, b: replace(modes, international=b[0]),
        "ESC SP": lambda modes, b: replace(modes, gap=b[0]),
        "ESC 2": lambda modes, _: replace(modes, spacing=DEFAULT_SPACING),
        "ESC 3": lambda modes, b: replace(modes, spacing=b[0]),
        "ESC D": lambda modes, b: replace(modes, tabs=tuple(b[:-1])),
        "GS L": lambda modes, b: replace(modes, left=min(_u16(b), modes.width)),
        "GS W": lambda modes, b: replace(modes, area=_u16(b)),
        "GS h": lambda modes, b: replace(modes, bar_height=max(1, b[0])),
        "GS w": lambda modes, b: replace(modes, bar_module=min(6, max(2, b[0]))),
        "GS H": lambda modes, b: replace(modes, hri=_choice(b[0], 3)),
        "GS f": lambda modes, b: replace(modes, hri_font=_font(b[0])),
    }
)

# These take effect only where no data of the line has come yet (Epson ESC/POS reference).
AT_LINE_START: Final = frozenset({"ESC a", "GS L", "GS W"})
