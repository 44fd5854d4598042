"""Everything that can be wrong with the virtual printer, its drawer and its link.

A value of `Faults` is the complete position of all switches. Counted faults (after n lines, after n bytes) count from the
moment they are switched on; one that fires once goes back to None by itself, so that the retry meets a sound printer.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final


class UnknownFault(ValueError):
    """There is no such switch, or it does not take this value. `field`, `value` and `rule` say what and why."""

    def __init__(self, field: str, value: object, rule: str) -> None:
        super().__init__(f"{field}={value!r}: {rule}")
        self.field = field
        self.value = value
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Faults:
    """The switches. The default is a sound printer with a sound drawer on a sound link."""

    paper_out: bool = False
    """The roll is used up: offline, DLE EOT 2 and 4 say so, printing stops and goes on after the switch is off."""

    paper_near_end: bool = False
    """The near-end sensor reports; printing goes on."""

    paper_out_after_lines: int | None = None
    """Becomes `paper_out` after this many more printed lines."""

    paper_near_end_after_lines: int | None = None
    """Becomes `paper_near_end` after this many more printed lines."""

    cover_open: bool = False
    """Offline until the cover is shut; printing goes on by itself."""

    cutter_error: bool = False
    """The cutter is jammed. Switched off, the jam is gone but the printer still waits for DLE ENQ or a power cycle."""

    head_hot: bool = False
    """The print head is too hot; the printer recovers by itself."""

    mute_status: bool = False
    """Nothing at all is answered; printing goes on."""

    no_process_ids: bool = False
    """GS ( H is skipped silently, as by printers that do not know it."""

    drop_replies: int = 0
    """The next n replies are lost on the way."""

    process_id_delay_ms: int = 0
    """Process ids are answered this much after the printing is complete."""

    stall_after_bytes: int | None = None
    """After n more bytes nothing is read from the link any more, until the switch is off."""

    disconnect_after_bytes: int | None = None
    """The link breaks when n more bytes have arrived; what follows is lost. Fires once."""

    disconnect_after_process_ids: int | None = None
    """The link breaks when n more process ids have been answered. Fires once."""

    refuse_connections: bool = False
    """Nobody listens: TCP connections are refused, the serial device disappears."""

    drawer_no_sensor: bool = False
    """No sensor is plugged in: pin 3 is always high."""

    drawer_inverted: bool = False
    """The sensor's levels are the other way round."""

    drawer_stuck: bool = False
    """The drawer stays as it is: an open one cannot be shut, neither by hand nor by time."""

    drawer_never_opens: bool = False
    """Locked, or without its 24 V: pulses come and nothing moves."""

    def switched(self, name: str, value: object) -> Faults:
        """The same with one switch in another position.

        `value` is a bool for plain switches, a count for counted ones; True on a counted one means "at once", False and
        None switch it off. Raises `UnknownFault`.
        """
        if name not in FAULT_NAMES:
            raise UnknownFault(name, value, "must be one of " + ", ".join(FAULT_NAMES))
        positions: dict[str, Any] = {name: _position(name, value)}
        return replace(self, **positions)


FAULT_NAMES: Final = tuple(field.name for field in fields(Faults))
_PLAIN: Final = frozenset(field.name for field in fields(Faults) if isinstance(field.default, bool))
_ALWAYS_COUNTED: Final = frozenset({"drop_replies", "process_id_delay_ms"})


def _position(name: str, value: object) -> bool | int | None:
    if name in _PLAIN:
        if not isinstance(value, bool):
            raise UnknownFault(name, value, "is switched with true or false")
        return value
    if value is False or value is None:
        return 0 if name in _ALWAYS_COUNTED else None
    if value is True:
        if name in _ALWAYS_COUNTED:
            raise UnknownFault(name, value, "needs a number")
        return 0
    if not isinstance(value, int) or value < 0:
        raise UnknownFault(name, value, "must be a whole number, 0 or more")
    return value


def parse_switch(text: str) -> tuple[str, object]:
    """Read a switch as people type it: `paper-out`, `stall-after-bytes=4096`. Raises `UnknownFault`."""
    name, equals, value = text.partition("=")
    name = name.strip().replace("-", "_")
    if not equals:
        return name, True
    if value.strip().lower() in ("on", "true", "off", "false"):
        return name, value.strip().lower() in ("on", "true")
    try:
        return name, int(value)
    except ValueError:
        raise UnknownFault(name, value, "must be on, off or a whole number") from None
