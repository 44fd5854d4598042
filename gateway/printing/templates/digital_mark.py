"""What sets a digital receipt apart from paper: one line above everything fiscal.

Its content is the paper's, number and amounts included: the same invoice in another form, not a second one (UStAE 14c.1 (4)). Still it
never looks like an unmarked original, so that no printout of it can be taken for one; there are as many originals on paper as print jobs say.
"""

from __future__ import annotations

from drivers.escpos.document import Align, Document, Feed, Text
from gateway.printing.templates.words import Words


def marked_digital(document: Document, words: Words) -> Document:
    """The document under the line that says what it is."""
    return Document((Text(words.digital, Align.CENTER, bold=True), Feed(), *document.elements))
