"""The three forms of a preview."""

from __future__ import annotations

import io

from drivers.escpos.document import Document
from drivers.escpos.profile import PrinterProfile
from drivers.preview.paper import Paper, print_on_paper
from drivers.preview.svg import to_svg
from drivers.virtual.paper import Cut, Slip
from drivers.virtual.render import render_slip


def preview_png(document: Document, profile: PrinterProfile) -> bytes:
    """A picture of the paper, dot for dot with its margins. Raises DeviceRefused for what cannot be printed."""
    return to_png(print_on_paper(document, profile))


def preview_svg(document: Document, profile: PrinterProfile, title: str = "") -> str:
    """The paper as a drawing that stays sharp at any size, with text that can be searched and copied."""
    return to_svg(print_on_paper(document, profile), title)


def preview_text(document: Document, profile: PrinterProfile) -> str:
    """What stands on the paper, as wide as it; codes and pictures named in brackets."""
    return print_on_paper(document, profile).text


def to_png(paper: Paper) -> bytes:
    """Paper as a PNG."""
    slip = Slip(1, paper.elements, Cut.PARTIAL, "", 1, 0, 0, paper.text, None)
    made = io.BytesIO()
    render_slip(slip, paper.width).save(made, "PNG", optimize=True)
    return made.getvalue()
