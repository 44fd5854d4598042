"""The protocols of scales, by the name that stands in a configuration. A new one adds one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from drivers.scale.contract import ScaleProtocol
from drivers.scale.sma import Sma
from drivers.scale.toledo_8217 import Toledo8217

SCALES: Final[Mapping[str, Callable[[], ScaleProtocol]]] = MappingProxyType(
    {
        "toledo-8217": Toledo8217,
        "sma": Sma,
    }
)
