"""Recorded documents without a printer: the same template, the same document and the same bytes as the paper, shown instead of printed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from branchgate.errors import Refused
from drivers.errors import DeviceRefused
from drivers.escpos.profile import FONT_A_DOTS, PROFILES, PrinterProfile
from gateway.printing.documents import Documents

if TYPE_CHECKING:
    from drivers.escpos.document import Document
    from drivers.preview import Paper

NARROWEST, WIDEST = 32, 48
LONGEST_PNG: Final = 20_000
"""Dots of paper, 2.5 m: a picture of more would take hundreds of megabytes while it is made."""


class Form(StrEnum):
    """What a document may be shown as."""

    PNG = "png"
    SVG = "svg"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file: its bytes, its media type, and what it is called."""

    content: bytes
    media_type: str
    title: str


class DigitalDesk:
    """Renders one document at a time in a thread, so that recording and printing do not wait for a picture."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._one_at_a_time = asyncio.Semaphore(1)

    async def render(self, event_id: bytes, form: Form, profile: PrinterProfile) -> Rendered:
        """A receipt or closing as it looks on that printer's paper, marked as digital.

        Raises Refused (RECEIPT_NOT_RECORDED, EVENT_NOT_PRINTABLE, BRANCH_SETTINGS_MISSING, PRINTER_DOCUMENT_UNPRINTABLE, INVALID_VALUE).
        """
        async with self._one_at_a_time:
            title, document = await self._documents.digital(event_id, profile)
            try:
                paper = await asyncio.to_thread(_paper, document, profile)
            except DeviceRefused as refused:
                raise Refused("PRINTER_DOCUMENT_UNPRINTABLE", field=profile.name, value=event_id.hex()) from refused
            if form is Form.PNG and paper.height > LONGEST_PNG:
                raise Refused("INVALID_VALUE", field="format", value=form, rule="svg or text: this one is too long")
            media_type, make = _MAKERS[form]
            return Rendered(await asyncio.to_thread(make, paper, title), media_type, title)


def profile_of_width(columns: int) -> PrinterProfile:
    """Paper of so many columns, 0 for the usual 48. Raises Refused (INVALID_VALUE)."""
    columns = columns or WIDEST
    if not NARROWEST <= columns <= WIDEST:
        raise Refused("INVALID_VALUE", field="columns", value=columns, rule=f"{NARROWEST} to {WIDEST}")
    return PrinterProfile("digital", columns=columns, dots=columns * FONT_A_DOTS)


def profile_named(name: str) -> PrinterProfile:
    """A printer's paper. Raises Refused (INVALID_VALUE)."""
    if name not in PROFILES:
        raise Refused("INVALID_VALUE", field="profile", value=name, rule=", ".join(sorted(PROFILES)))
    return PROFILES[name]


# The preview is a whole virtual printer with its fonts. It is loaded when the first receipt is looked at, not at every start.
def _paper(document: Document, profile: PrinterProfile) -> Paper:
    from drivers.preview import print_on_paper

    return print_on_paper(document, profile)


def _png(paper: Paper, _title: str) -> bytes:
    from drivers.preview import to_png

    return to_png(paper)


def _svg(paper: Paper, title: str) -> bytes:
    from drivers.preview import to_svg

    return to_svg(paper, title).encode()


_MAKERS: Final[Mapping[Form, tuple[str, Callable[[Paper, str], bytes]]]] = MappingProxyType(
    {
        Form.PNG: ("image/png", _png),
        Form.SVG: ("image/svg+xml", _svg),
        Form.TEXT: ("text/plain; charset=utf-8", lambda paper, _title: paper.text.encode()),
    }
)
