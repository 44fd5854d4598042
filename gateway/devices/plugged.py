"""What is plugged into this machine: a configured device that comes back is tried at once, one that nobody configured is shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

import structlog

from drivers.discovery import FoundDevice, Kind
from drivers.discovery.hotplug import Hotplug
from drivers.discovery.settling import Change, ChangeKind
from gateway.devices.devices import Devices
from gateway.equipment import Board, DeviceKind, DeviceState

_log = structlog.get_logger(__name__)

NOT_CONFIGURED: Final = "DEVICE_NOT_CONFIGURED"


class Plugging(Protocol):
    """Tells what is there and what comes and goes; `drivers.discovery.hotplug.Hotplug` is one."""

    @property
    def present(self) -> list[FoundDevice]:
        """What was there at the beginning."""
        ...

    def changes(self) -> AsyncIterator[Change]:
        """Every change from then on."""
        ...


class Counter(Protocol):
    """Keeps devices on the counter, displays or scales."""

    @property
    def addresses(self) -> Mapping[str, str]:
        """The address of each, by name."""
        ...

    def plugged(self, name: str) -> None:
        """That one was plugged in: try it at once."""
        ...


class PluggedDevices:
    """Run it as a task. `counters`: who keeps what is no printer."""

    def __init__(
        self,
        devices: Devices,
        board: Board,
        counters: Iterable[Counter] = (),
        *,
        listen: Callable[[], AbstractAsyncContextManager[Plugging]] = Hotplug,
    ) -> None:
        self._devices, self._board, self._listen = devices, board, listen
        self._counters = tuple(counters)

    async def run(self) -> None:
        """Follows until cancelled."""
        async with self._listen() as plugging:
            self._begin(plugging.present)
            async for change in plugging.changes():
                _log.info("device_" + change.kind, address=change.device.address, model=change.device.model)
                if change.kind is ChangeKind.PLUGGED:
                    self._came(change.device)
                else:
                    self._board.take_down(DeviceKind.UNKNOWN, _name(change.device))

    def _begin(self, present: list[FoundDevice]) -> None:
        names = {_name(device) for device in present}
        for state in self._board.states:
            if state.kind is DeviceKind.UNKNOWN and state.name not in names:
                self._board.take_down(state.kind, state.name)
        for device in present:
            self._came(device)

    def _came(self, device: FoundDevice) -> None:
        if not self._wake(device) and _is_worth_telling(device):
            self._board.tell(_unknown(device))

    def _wake(self, found: FoundDevice) -> bool:
        """Whether it belongs to somebody, who tries it now."""
        printers = [one.name for one in self._devices.configured if found.is_reached_by(one.address)]
        for name in printers:
            self._devices.plugged(name, found)
        on_the_counter = [
            (counter, name)
            for counter in self._counters
            for name, address in counter.addresses.items()
            if found.is_reached_by(address)
        ]
        for counter, name in on_the_counter:
            counter.plugged(name)
        return bool(printers or on_the_counter)


def _is_worth_telling(device: FoundDevice) -> bool:
    """Ports of the mainboard are always there, keyboards and scanners that play one need no address."""
    return device.vendor_id is not None and bool(device.address) and device.kind_guess is not Kind.INPUT


def _name(device: FoundDevice) -> str:
    """The same as long as it stays plugged in; two equal devices differ by their ports."""
    numbers = f"{device.vendor_id or 0:04x}:{device.product_id or 0:04x}"
    return f"{numbers}@{device.port}" if device.port else numbers


def _unknown(device: FoundDevice) -> DeviceState:
    return DeviceState(
        _name(device),
        DeviceKind.UNKNOWN,
        device.address,
        reason=NOT_CONFIGURED,
        medium="" if device.medium is None else device.medium.value,
        maker=device.maker,
        model=device.model,
        serial=device.serial,
    )
