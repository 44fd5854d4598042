"""From the bytes of an export to text: UTF-8 with or without BOM, or Windows-1252 ("ANSI"), told or found out.

Bytes that the encoding does not know survive as lone surrogates (PEP 383), so that the row they stand in can be named;
they never reach an article.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from central.ameise.problems import Problem, Reason

UTF_8 = "utf-8"
WINDOWS_1252 = "windows-1252"
ENCODINGS = (UTF_8, WINDOWS_1252)

_UNDECODED = re.compile("[\udc80-\udcff]")
_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]{1,3}|\xc2[\x80-\xbf]")
_HIGH = re.compile(rb"[\x80-\xff]")
_FOREIGN = ((b"PK\x03\x04", "xlsx/zip"), (b"\xd0\xcf\x11\xe0", "xls"), (b"%PDF", "PDF"))


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text without BOM and the encoding it was read in, or the problem that makes reading pointless."""

    text: str
    encoding: str
    problem: Problem | None = None


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """Reads `data` in `encoding` (one of ENCODINGS), or in the one that fits when it is None. Never raises for content."""
    if (problem := _foreign(data)) is not None:
        return Decoded("", encoding or UTF_8, problem)
    body = data.removeprefix(codecs.BOM_UTF8)
    if encoding is None:
        encoding = UTF_8 if len(body) < len(data) else _guess(body)
    return Decoded(body.decode(encoding, errors="surrogateescape"), encoding)


def has_undecoded(text: str) -> bool:
    """Whether bytes in `text` did not belong to its encoding."""
    return _UNDECODED.search(text) is not None


def show_undecoded(text: str) -> str:
    """`text` with such bytes written out in hexadecimal, fit for a message."""
    return _UNDECODED.sub(lambda match: f"\\x{ord(match[0]) - 0xDC00:02x}", text)


def _foreign(data: bytes) -> Problem | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Problem(1, None, None, "UTF-16", "UTF-8", Reason.FILE_UTF16)
    for signature, kind in _FOREIGN:
        if data.startswith(signature):
            return Problem(1, None, None, kind, "CSV", Reason.FILE_NOT_CSV)
    return None


def _guess(body: bytes) -> str:
    """UTF-8 if it is, or if it is but for a few damaged bytes; Windows-1252 where its letters hardly ever pair up as UTF-8."""
    try:
        body.decode(UTF_8)
    except UnicodeDecodeError:
        paired = _MULTIBYTE.findall(body)
        stray = len(_HIGH.findall(body)) - sum(map(len, paired))
        return UTF_8 if len(paired) > stray else WINDOWS_1252
    return UTF_8
