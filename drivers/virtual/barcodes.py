"""Bar codes as modules of bars and spaces, for GS k.

UPC-A, EAN-13, EAN-8 (GS1 General Specifications), CODE 39, Interleaved 2 of 5, Codabar and CODE 128 (ISO/IEC 16388, 16390,
15417). Wide elements of two-width codes are three modules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class NotEncodable(ValueError):
    """The data does not fit the symbology, or the printer has no such symbology."""


class Symbology(StrEnum):
    """The bar codes this printer draws."""

    UPC_A = "UPC-A"
    EAN_13 = "EAN13"
    EAN_8 = "EAN8"
    CODE_39 = "CODE39"
    ITF = "ITF"
    CODABAR = "CODABAR"
    CODE_128 = "CODE128"


@dataclass(frozen=True, slots=True)
class BarcodePattern:
    """What to draw: `modules` is a row of 1 (bar) and 0 (space); `text` is the readable content with its check digit."""

    symbology: Symbology
    text: str
    modules: str


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _table(text: str) -> dict[str, str]:
    return {word[0]: word[2:] for word in text.split()}


_LEFT: Final = (
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
)
_RIGHT: Final = tuple("".join("10"[int(bit)] for bit in code) for code in _LEFT)
_MIRRORED: Final = tuple(code[::-1] for code in _RIGHT)
# The first digit of an EAN-13 stands in which of the next six are mirrored.
_PARITY: Final = ("000000", "001011", "001101", "001110", "010011", "011001", "011100", "010101", "010110", "011010")

_CODE_39: Final = _table(
    "0=nnnwwnwnn 1=wnnwnnnnw 2=nnwwnnnnw 3=wnwwnnnnn 4=nnnwwnnnw 5=wnnwwnnnn 6=nnwwwnnnn 7=nnnwnnwnw 8=wnnwnnwnn "
    "9=nnwwnnwnn A=wnnnnwnnw B=nnwnnwnnw C=wnwnnwnnn D=nnnnwwnnw E=wnnnwwnnn F=nnwnwwnnn G=nnnnnwwnw H=wnnnnwwnn "
    "I=nnwnnwwnn J=nnnnwwwnn K=wnnnnnnww L=nnwnnnnww M=wnwnnnnwn N=nnnnwnnww O=wnnnwnnwn P=nnwnwnnwn Q=nnnnnnwww "
    "R=wnnnnnwwn S=nnwnnnwwn T=nnnnwnwwn U=wwnnnnnnw V=nwwnnnnnw W=wwwnnnnnn X=nwnnwnnnw Y=wwnnwnnnn Z=nwwnwnnnn "
    "-=nwnnnnwnw .=wwnnnnwnn _=nwwnnnwnn $=nwnwnwnnn /=nwnwnnnwn +=nwnnnwnwn %=nnnwnwnwn *=nwnnwnwnn"
)
_ITF: Final = ("nnwwn", "wnnnw", "nwnnw", "wwnnn", "nnwnw", "wnwnn", "nwwnn", "nnnww", "wnnwn", "nwnwn")
_CODABAR: Final = _table(
    "0=nnnnnww 1=nnnnwwn 2=nnnwnnw 3=wwnnnnn 4=nnwnnwn 5=wnnnnwn 6=nwnnnnw 7=nwnnwnn 8=nwwnnnn 9=wnnwnnn -=nnnwwnn "
    "$=nnwwnnn :=wnnnwnw /=wnwnnnw .=wnwnwnn +=nnwnwnw A=nnwwnwn B=nwnwnnw C=nnnwnww D=nnnwwwn"
)
_CODE_128: Final = _words(
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
_START: Final = {"A": 103, "B": 104, "C": 105}
_SWITCH: Final = {"A": 101, "B": 100, "C": 99}
_SPECIAL: Final = {"1": 102, "2": 97, "3": 96, "S": 98}
_STOP: Final = 106

# GS k m: the old form 0-6 and the counted form 65-73 (Epson ESC/POS reference, GS k).
BY_NUMBER: Final = {
    0: Symbology.UPC_A,
    2: Symbology.EAN_13,
    3: Symbology.EAN_8,
    4: Symbology.CODE_39,
    5: Symbology.ITF,
    6: Symbology.CODABAR,
    8: Symbology.CODE_128,
}


def encode(number: int, data: bytes) -> BarcodePattern:
    """Draw the bar code GS k m asks for. Raises `NotEncodable`."""
    symbology = BY_NUMBER.get(number - 65 if number >= 65 else number)
    if symbology is None:
        raise NotEncodable(f"bar code system {number} is not supported")
    try:
        text = data.decode("ascii")
        return _ENCODERS[symbology](text)
    except (UnicodeDecodeError, KeyError, IndexError) as cause:
        raise NotEncodable(f"{data!r} does not fit {symbology}") from cause


def _ean(symbology: Symbology, length: int) -> Callable[[str], BarcodePattern]:
    def draw(text: str) -> BarcodePattern:
        if not text.isdigit() or len(text) not in (length - 1, length):
            raise NotEncodable(f"{text!r} does not fit {symbology}")
        digits = text[: length - 1]
        weighted = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
        digits += str(-weighted % 10)
        if len(text) == length and text != digits:
            raise NotEncodable(f"{text!r} has a wrong check digit")
        return BarcodePattern(symbology, digits, _ean_modules(digits))

    return draw


def _ean_modules(digits: str) -> str:
    padded = digits.zfill(13) if len(digits) > 8 else digits
    parity, rest = (_PARITY[int(padded[0])], padded[1:]) if len(padded) == 13 else ("0000", padded)
    half = len(rest) // 2
    left = "".join((_MIRRORED if odd == "1" else _LEFT)[int(d)] for d, odd in zip(rest[:half], parity, strict=True))
    return "101" + left + "01010" + "".join(_RIGHT[int(digit)] for digit in rest[half:]) + "101"


def _elements(widths: str) -> str:
    """Alternating bars and spaces; n is narrow, w is wide."""
    return "".join("10"[at % 2] * (3 if width == "w" else 1) for at, width in enumerate(widths))


def _code_39(text: str) -> BarcodePattern:
    content = text.strip("*")
    modules = "0".join(_elements(_CODE_39["_" if sign == " " else sign]) for sign in f"*{content}*")
    return BarcodePattern(Symbology.CODE_39, content, modules)


def _itf(text: str) -> BarcodePattern:
    if not text.isdigit() or len(text) % 2:
        raise NotEncodable(f"{text!r}: an even number of digits is needed")
    pairs = ((_ITF[int(text[at])], _ITF[int(text[at + 1])]) for at in range(0, len(text), 2))
    widths = "".join(bar + space for bars, spaces in pairs for bar, space in zip(bars, spaces, strict=True))
    return BarcodePattern(Symbology.ITF, text, _elements("nnnn" + widths + "wnn"))


def _codabar(text: str) -> BarcodePattern:
    content = text.upper()
    if len(content) < 2 or content[0] not in "ABCD" or content[-1] not in "ABCD":
        raise NotEncodable(f"{text!r}: a start and a stop character from A to D are needed")
    return BarcodePattern(Symbology.CODABAR, content, "0".join(_elements(_CODABAR[sign]) for sign in content))


def _code_128(text: str) -> BarcodePattern:
    """Epson's notation: {A {B {C select a set, {1 {2 {3 are function codes, {S shifts, {{ is a brace."""
    if text[:1] != "{" or text[1:2] not in _START or len(text) < 3:
        raise NotEncodable(f"{text!r}: must begin with a code set")
    selected = text[1]
    values, readable, at = [_START[selected]], "", 2
    while at < len(text):
        sign, follower = text[at], text[at + 1 : at + 2]
        at += 1
        if sign == "{" and follower != "{":
            values.append(_SWITCH[follower] if follower in _SWITCH else _SPECIAL[follower])
            selected = follower if follower in _SWITCH else selected
            at += 1
        elif selected == "C":
            values.append(ord(sign))
            readable += f"{ord(sign):02d}"
        else:
            at += sign == "{"
            values.append(ord(sign) - 32 if ord(sign) >= 32 else ord(sign) + 64)
            readable += sign
    values += [(values[0] + sum(weight * value for weight, value in enumerate(values))) % 103, _STOP]
    bars = "".join("10"[at % 2] * int(width) for value in values for at, width in enumerate(_CODE_128[value]))
    return BarcodePattern(Symbology.CODE_128, readable, bars)


_ENCODERS: Final[dict[Symbology, Callable[[str], BarcodePattern]]] = {
    Symbology.UPC_A: _ean(Symbology.UPC_A, 12),
    Symbology.EAN_13: _ean(Symbology.EAN_13, 13),
    Symbology.EAN_8: _ean(Symbology.EAN_8, 8),
    Symbology.CODE_39: _code_39,
    Symbology.ITF: _itf,
    Symbology.CODABAR: _codabar,
    Symbology.CODE_128: _code_128,
}
