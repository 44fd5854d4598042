"""The languages of customer displays, by the name that stands in a configuration. A new one adds one line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from drivers.display.cd5220 import Cd5220
from drivers.display.contract import DisplayProtocol
from drivers.display.escpos_display import EscposDisplay

DISPLAYS: Final[Mapping[str, DisplayProtocol]] = MappingProxyType(
    {
        "escpos": EscposDisplay(),
        "cd5220": Cd5220(),
    }
)
