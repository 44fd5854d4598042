"""A printer on the board of the branch's devices."""

from __future__ import annotations

from drivers.discovery import FoundDevice
from drivers.printing.condition import PrinterStatus
from gateway.config import Device
from gateway.equipment.state import DeviceKind, DeviceState, medium_of

NEAR_END = "PRINTER_PAPER_NEAR_END"


def shown(device: Device, status: PrinterStatus, found: FoundDevice | None, *, confirms: bool | None) -> DeviceState:
    """The printer as it stands. `found`: what is plugged in at its address, as far as this machine sees it."""
    return DeviceState(
        device.name,
        DeviceKind.PRINTER,
        device.address,
        online=status.online,
        cover_open=status.cover_open,
        paper_out=status.paper_out,
        paper_near_end=status.near_end,
        cutter_error=status.cutter_error,
        head_hot=status.head_hot,
        error=status.error,
        reason=_reason(status),
        confirms_prints=confirms,
        medium=medium_of(device.address),
        maker=found.maker if found is not None else "",
        model=found.model if found is not None else "",
        serial=found.serial if found is not None else "",
        fallback=device.fallback,
    )


def _reason(status: PrinterStatus) -> str:
    if status.reason is not None:
        return status.reason.value
    return NEAR_END if status.near_end else ""
