"""How addresses of virtual devices are written: `virtual:NAME?option=value&fault=switch`. Each kind of device has options of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from drivers.errors import AddressInvalid

SCHEME: Final = "virtual"
FAULT: Final = "fault"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


@dataclass(frozen=True, slots=True)
class VirtualParts:
    """An address taken apart: every option at most once, any number of fault switches. `text` is what people wrote."""

    text: str
    name: str
    options: Mapping[str, str]
    switches: tuple[str, ...]

    def __str__(self) -> str:
        return f"{SCHEME}:{self.name}"

    def count(self, option: str, least: int, most: int) -> int | None:
        """A whole number, None when the option is left out. Raises AddressInvalid."""
        value = self.options.get(option)
        if value is None:
            return None
        if not (value.isascii() and value.isdigit() and len(value) < 9 and least <= int(value) <= most):
            raise AddressInvalid(self.text, option, value, f"must be a number from {least} to {most}")
        return int(value)

    def path(self, option: str) -> Path | None:
        """A path, None when the option is left out. Raises AddressInvalid."""
        value = self.options.get(option)
        if value is None:
            return None
        if not value.strip() or "\0" in value:
            raise AddressInvalid(self.text, option, value, "must be a path")
        return Path(value)


def is_virtual(text: str) -> bool:
    """Whether an address means a device made of software."""
    return text.lstrip().lower().startswith(f"{SCHEME}:")


def virtual_name(text: str) -> str:
    """Whose address this is, whatever its options: a device made of software is known by its name. Raises AddressInvalid."""
    return _name(text, _split(text))


def parts_of(text: str, known: tuple[str, ...]) -> VirtualParts:
    """Take an address apart. `known` are the kind's options. Raises AddressInvalid naming the field, the value and the rule."""
    parts = _split(text)
    name = _name(text, parts)
    options, switches = _options(text, parts, (*known, FAULT))
    return VirtualParts(text, name, options, switches)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text.strip())
    except ValueError as error:
        raise AddressInvalid(text, "address", text, f"is not an address: {error}") from error
    if parts.scheme != SCHEME:
        raise AddressInvalid(text, "scheme", parts.scheme, f"must be {SCHEME}:")
    return parts


def _name(text: str, parts: SplitResult) -> str:
    name = unquote(parts.netloc + parts.path)
    if not _NAME.fullmatch(name):
        raise AddressInvalid(text, "name", name, "must be letters, digits, dots and dashes; write virtual:front")
    return name


def _options(text: str, parts: SplitResult, known: tuple[str, ...]) -> tuple[dict[str, str], tuple[str, ...]]:
    options: dict[str, str] = {}
    switches: list[str] = []
    for option, value in parse_qsl(parts.query, keep_blank_values=True):
        if option not in known:
            raise AddressInvalid(text, option, value, f"is not an option; there are {', '.join(known)}")
        if option == FAULT:
            switches.append(value)
        elif option in options:
            raise AddressInvalid(text, option, value, "stands there twice")
        else:
            options[option] = value
    return options, tuple(switches)
