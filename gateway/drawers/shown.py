"""A drawer on the board of the branch's devices."""

from __future__ import annotations

from drivers.drawer import SensorView
from drivers.errors import Reason
from drivers.printing.condition import PrinterStatus
from gateway.config import Device, DrawerWiring
from gateway.drawers.watch import DrawerWatch
from gateway.equipment.state import DeviceKind, DeviceState, medium_of

OPEN_TOO_LONG = "DRAWER_OPEN_TOO_LONG"
_UNREACHABLE_IS_NONE = frozenset(
    {
        None,
        Reason.PAPER_OUT,
        Reason.COVER_OPEN,
        Reason.CUTTER_ERROR,
        Reason.PRINTER_ERROR,
        Reason.HEAD_HOT,
        Reason.PRINTER_OFFLINE,
    }
)
"""A printer that cannot print can open a drawer all the same."""


def shown(
    device: Device, wiring: DrawerWiring, status: PrinterStatus, view: SensorView, watch: DrawerWatch
) -> DeviceState:
    """The drawer at a printer: reachable as long as the printer says anything at all."""
    known_open = status.drawer_open is True and watch.opening is not None
    return DeviceState(
        device.name,
        DeviceKind.DRAWER,
        device.address,
        online=None if status.online is None else True,
        drawer_open=status.drawer_open,
        open_too_long=None if status.drawer_open is None else watch.stands_too_long,
        open_since_ms=watch.opening.opened_at_ms if known_open and watch.opening is not None else 0,
        open_level=view.open_level or "",
        learnt_level=view.learnt_level or "",
        level_source=_source(wiring, view),
        reason=_reason(status, view, watch),
        medium=medium_of(device.address),
    )


def _source(wiring: DrawerWiring, view: SensorView) -> str:
    if wiring.sensor == "none":
        return "none"
    if wiring.open_level is not None:
        return "configured"
    return "learnt" if view.learnt_level is not None else ""


def _reason(status: PrinterStatus, view: SensorView, watch: DrawerWatch) -> str:
    if status.reason not in _UNREACHABLE_IS_NONE:
        return "" if status.reason is None else status.reason.value
    if view.trouble is not None:
        return view.trouble.value
    return OPEN_TOO_LONG if watch.stands_too_long else ""
