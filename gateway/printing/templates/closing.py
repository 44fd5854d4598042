"""A report on paper: its text as it is, so that paper and screen show the same."""

from zoneinfo import ZoneInfo

from branchgate.catalogue import BranchSettings
from drivers.escpos.document import Document, Text
from gateway.printing.templates.copy_mark import CopyMark, copy_header
from gateway.printing.templates.words import words_for


def closing_document(text: str, settings: BranchSettings, mark: CopyMark | None) -> Document:
    """The Z report; `text` already has the width of the paper."""
    header = copy_header(mark, words_for(settings.language), ZoneInfo(settings.time_zone))
    return Document((*header, *(Text(line) for line in text.splitlines())))
