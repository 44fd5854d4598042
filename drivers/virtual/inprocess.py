"""A virtual printer as a device address: `virtual:front?paper=/tmp/paper&fault=paper-out`.

For trying everything without hardware: whoever opens the address has the printer in its own process. It is switched on by the
first host and stays on as long as the event loop, as a real one does as long as there is mains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from drivers.errors import AddressInvalid, DeviceUnavailable, Reason
from drivers.transport.contract import OpenTransport
from drivers.virtual.address import FAULT, SCHEME, VirtualParts, parts_of
from drivers.virtual.cable import Cable, CableTransport
from drivers.virtual.faults import Faults, UnknownFault, parse_switch
from drivers.virtual.mains import Mains
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.server import Places, VirtualPrinterServer
from drivers.virtual.settings import PrinterSettings

_COUNTS: Final[Mapping[str, tuple[int, int]]] = {
    "columns": (24, 80),
    "speed": (1, 1000),
    "baud": (300, 4_000_000),
    "buffer": (45, 1_048_576),
    "drawer_shuts_after": (0, 3_600_000),
}
OPTIONS: Final = ("paper", "control", *_COUNTS)


@dataclass(frozen=True, slots=True)
class VirtualAddress:
    """A printer made of software. Two factories of equal addresses have two printers.

    `speed` is the paper's in mm/s and `baud` that of the line, None for at once; `drawer_shuts_after_ms` None: nobody does.
    """

    name: str
    paper: Path | None = None
    control: Path | None = None
    settings: PrinterSettings = field(default_factory=PrinterSettings)
    baud: int | None = None
    faults: Faults = field(default_factory=Faults)

    def __str__(self) -> str:
        return f"{SCHEME}:{self.name}"


def parse_virtual(text: str) -> VirtualAddress:
    """Read an address. Raises AddressInvalid naming the field, the value and the rule."""
    parts = parts_of(text, OPTIONS)
    counts = {option: parts.count(option, least, most) for option, (least, most) in _COUNTS.items()}
    return VirtualAddress(
        parts.name,
        paper=parts.path("paper"),
        control=parts.path("control"),
        settings=_settings({option: count for option, count in counts.items() if count is not None}),
        baud=counts["baud"],
        faults=_faults(parts),
    )


def virtual_factory(address: VirtualAddress) -> OpenTransport:
    """What an actor takes: transports to one printer, which belongs to this factory and to nobody else."""
    device = _Device(address)
    return lambda: CableTransport(str(address), device.plug_in)


class _Device:
    """The printer behind one address, and the server that runs it while there is an event loop."""

    def __init__(self, address: VirtualAddress) -> None:
        self._address = address
        self._printer = VirtualPrinter(address.settings, address.faults)
        self._mains = Mains(str(address), self._server)
        self._cables = 0

    async def plug_in(self) -> Cable:
        """A cable to the printer. Raises DeviceUnavailable when it refuses, is in use, or cannot be switched on."""
        server = await self._mains.device()
        if server.printer.faults.refuse_connections:
            raise DeviceUnavailable(
                Reason.CONNECTION_REFUSED, str(self._address), "the switch refuse_connections is on"
            )
        if server.in_use:
            raise DeviceUnavailable(Reason.CONNECTION_REFUSED, str(self._address), "another host is connected")
        self._cables += 1
        cable = Cable(f"virtual-{self._cables}")
        server.connect(cable)
        return cable

    def _server(self) -> VirtualPrinterServer:
        places = Places(paper=self._address.paper, control=self._address.control)
        return VirtualPrinterServer(self._printer, places, baud=self._address.baud)


def _settings(counts: Mapping[str, int]) -> PrinterSettings:
    usual = PrinterSettings()
    return PrinterSettings(
        columns=counts.get("columns", usual.columns),
        buffer_bytes=counts.get("buffer", usual.buffer_bytes),
        speed_mm_s=counts.get("speed"),
        drawer_shuts_after_ms=counts.get("drawer_shuts_after", usual.drawer_shuts_after_ms) or None,
    )


def _faults(parts: VirtualParts) -> Faults:
    faults = Faults()
    for switch in parts.switches:
        try:
            faults = faults.switched(*parse_switch(switch))
        except UnknownFault as refused:
            raise AddressInvalid(parts.text, FAULT, switch, str(refused)) from refused
    return faults
