"""A virtual printer as a device address: `virtual:front?paper=/tmp/paper&fault=paper-out`.

For trying everything without hardware: whoever opens the address has the printer in its own process. It is switched on by the
first host and stays on as long as the event loop, as a real one does as long as there is mains.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from drivers.errors import AddressInvalid, DeviceUnavailable, Reason
from drivers.transport.contract import OpenTransport
from drivers.virtual.cable import Cable, CableTransport
from drivers.virtual.faults import Faults, UnknownFault, parse_switch
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.server import Places, VirtualPrinterServer
from drivers.virtual.settings import PrinterSettings

SCHEME: Final = "virtual"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_COUNTS: Final[Mapping[str, tuple[int, int]]] = {
    "columns": (24, 80),
    "speed": (1, 1000),
    "baud": (300, 4_000_000),
    "buffer": (45, 1_048_576),
    "drawer_shuts_after": (0, 3_600_000),
}
OPTIONS: Final = ("paper", "control", *_COUNTS, "fault")


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
    try:
        parts = urlsplit(text.strip())
    except ValueError as error:
        raise AddressInvalid(text, "address", text, f"is not an address: {error}") from error
    if parts.scheme != SCHEME:
        raise AddressInvalid(text, "scheme", parts.scheme, f"must be {SCHEME}:")
    name = unquote(parts.netloc + parts.path)
    if not _NAME.fullmatch(name):
        raise AddressInvalid(text, "name", name, "must be letters, digits, dots and dashes; write virtual:front")
    options, switches = _options(text, parts)
    counts = {option: _count(text, option, options[option]) for option in _COUNTS if option in options}
    return VirtualAddress(
        name,
        paper=_path(text, "paper", options),
        control=_path(text, "control", options),
        settings=_settings(counts),
        baud=counts.get("baud"),
        faults=_faults(text, switches),
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
        self._life: asyncio.Task[None] | None = None
        self._switched_on: asyncio.Future[VirtualPrinterServer] | None = None
        self._cables = 0

    async def plug_in(self) -> Cable:
        """A cable to the printer. Raises DeviceUnavailable when it refuses, is in use, or cannot be switched on."""
        server = await self._server()
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

    async def _server(self) -> VirtualPrinterServer:
        if self._switched_on is None or self._life is None or self._life.done():
            self._switched_on = asyncio.get_running_loop().create_future()
            self._life = asyncio.create_task(self._live(self._switched_on), name=str(self._address))
        try:
            return await asyncio.shield(self._switched_on)
        except OSError as cause:
            raise DeviceUnavailable(Reason.DEVICE_ABSENT, str(self._address), str(cause)) from cause

    async def _live(self, switched_on: asyncio.Future[VirtualPrinterServer]) -> None:
        """Be there until the event loop ends and cancels what still runs on it."""
        places = Places(paper=self._address.paper, control=self._address.control)
        server = VirtualPrinterServer(self._printer, places, baud=self._address.baud)
        try:
            await server.start()
        except OSError as cause:
            switched_on.set_exception(cause)
            return
        switched_on.set_result(server)
        try:
            # The loop holds a task that sleeps; one that waits for what nobody can cause would be collected.
            await asyncio.sleep(math.inf)
        finally:
            await server.stop()


def _options(text: str, parts: SplitResult) -> tuple[dict[str, str], list[str]]:
    options: dict[str, str] = {}
    switches: list[str] = []
    for option, value in parse_qsl(parts.query, keep_blank_values=True):
        if option not in OPTIONS:
            raise AddressInvalid(text, option, value, f"is not an option; there are {', '.join(OPTIONS)}")
        if option == "fault":
            switches.append(value)
        elif option in options:
            raise AddressInvalid(text, option, value, "stands there twice")
        else:
            options[option] = value
    return options, switches


def _count(text: str, option: str, value: str) -> int:
    least, most = _COUNTS[option]
    if not (value.isascii() and value.isdigit() and len(value) < 9 and least <= int(value) <= most):
        raise AddressInvalid(text, option, value, f"must be a number from {least} to {most}")
    return int(value)


def _path(text: str, option: str, options: Mapping[str, str]) -> Path | None:
    if option not in options:
        return None
    if not options[option].strip() or "\0" in options[option]:
        raise AddressInvalid(text, option, options[option], "must be a path")
    return Path(options[option])


def _settings(counts: Mapping[str, int]) -> PrinterSettings:
    usual = PrinterSettings()
    return PrinterSettings(
        columns=counts.get("columns", usual.columns),
        buffer_bytes=counts.get("buffer", usual.buffer_bytes),
        speed_mm_s=counts.get("speed"),
        drawer_shuts_after_ms=counts.get("drawer_shuts_after", usual.drawer_shuts_after_ms) or None,
    )


def _faults(text: str, switches: list[str]) -> Faults:
    faults = Faults()
    for switch in switches:
        try:
            faults = faults.switched(*parse_switch(switch))
        except UnknownFault as refused:
            raise AddressInvalid(text, "fault", switch, str(refused)) from refused
    return faults
