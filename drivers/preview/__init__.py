"""A document as it will look on paper, without a printer: as PNG, SVG and plain text.

All three are made from the very bytes `drivers.escpos.compose` makes, as the virtual printer reads them. So a preview and a digital
receipt cannot differ from the paper: there is no second renderer that could.
"""

from __future__ import annotations

from drivers.preview.paper import Paper, print_on_paper
from drivers.preview.svg import to_svg
from drivers.preview.views import preview_png, preview_svg, preview_text, to_png

__all__ = ["Paper", "preview_png", "preview_svg", "preview_text", "print_on_paper", "to_png", "to_svg"]
