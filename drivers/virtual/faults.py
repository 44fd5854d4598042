"""Everything that can be wrong with the virtual printer, its drawer and its link.

A value of `Faults` is the complete position of all switches. Counted faults (after n lines, after n bytes) count from the
moment they are switched on; one that fires once goes back to None by itself, so that the retry meets a sound printer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Final


class UnknownFault(ValueError):
    """There is no such switch, or it does not take this value. `field`, `value` and `rule` say what and why."""

    def __init__(self, field: str, value: object, rule: str) -> None:
        super().__init__(f"{field}={value!r}: {rule}")
        self.field = field
        self.value = value
        self.rule = rule


def _off(says: str) -> bool:
    return field(default=False, metadata={"says": says})


def _after(says: str) -> int | None:
    """Counts down to its effect, or gives a number to something; None is off."""
    return field(default=None, metadata={"says": says})


def _amount(says: str) -> int:
    """A number that means nothing at 0."""
    return field(default=0, metadata={"says": says})


@dataclass(frozen=True, slots=True)
class Faults:
    """The switches. The default is a sound printer with a sound drawer on a sound link."""

    # Paper, cover, cutter, head.
    paper_out: bool = _off("The roll is used up: offline, printing stops and goes on after the switch is off.")
    paper_near_end: bool = _off("The near-end sensor reports; printing goes on.")
    paper_out_after_lines: int | None = _after("Becomes paper_out after this many more printed lines.")
    paper_near_end_after_lines: int | None = _after("Becomes paper_near_end after this many more printed lines.")
    cover_open: bool = _off("Offline until the cover is shut; printing goes on by itself.")
    feed_button: bool = _off("Somebody holds the feed button: offline meanwhile.")
    cutter_error: bool = _off(
        "The cutter is jammed. Switched off, the printer still waits for DLE ENQ or a power cycle."
    )
    head_hot: bool = _off("The print head is too hot; the printer recovers by itself.")
    unrecoverable_error: bool = _off("Only a power cycle helps, with the switch off.")

    # What it does not know, or says wrongly.
    mute_status: bool = _off("Nothing at all is answered; printing goes on.")
    no_process_ids: bool = _off("GS ( H is skipped silently, as by printers that do not know it.")
    prints_unknown_commands: bool = _off(
        "GS ( H and GS g are not known; their parameters come out on paper, as 00AB01."
    )
    early_process_ids: bool = _off("Process ids are answered on arrival, before anything is printed.")
    process_id_delay_ms: int = _amount("Process ids are answered this much after the printing is complete.")
    no_real_time_status: bool = _off("DLE EOT is not answered.")
    no_ordered_status: bool = _off("GS r is not answered.")
    no_automatic_status: bool = _off("GS a is not known.")
    no_identity: bool = _off("GS I is not answered.")
    no_counters: bool = _off("GS g is not answered.")
    cutter_counter_reads: int | None = _after("The autocutter counter tells this number, whatever is cut.")
    unasked_status: bool = _off("Automatic status is always on, also when nobody asked for it.")
    busy_when_offline: bool = _off("Takes no byte while offline, so that nobody can ask why (BUSY switch).")

    # Replies on their way.
    drop_replies: int = _amount("The next n replies are lost on the way.")
    garbage_replies: int = _amount("The next n replies arrive with every bit turned round.")
    stale_replies: bool = _off("Every reply is held until the next one is due: the host hears the previous answer.")
    reply_delay_ms: int = _amount("Replies arrive this much later.")
    split_replies_ms: int = _amount("The bytes of replies arrive one by one, this far apart.")
    merge_replies_ms: int = _amount("Replies are gathered for this long and arrive together.")
    xoff_in_asb: bool = _off("An XOFF stands inside every automatic status, an XON behind it.")

    # The link.
    stall_after_bytes: int | None = _after("After n more bytes nothing is read from the link, until the switch is off.")
    swallow_after_bytes: int | None = _after(
        "After n more bytes everything is lost and nothing said: a half-open link."
    )
    bytes_per_second: int = _amount("The link is read no faster than this.")
    disconnect_after_bytes: int | None = _after("The link breaks when n more bytes have arrived. Fires once.")
    disconnect_after_process_ids: int | None = _after(
        "The link breaks when n more process ids were answered. Fires once."
    )
    disconnect_in_reply: bool = _off("The link breaks in the middle of the next reply of several bytes. Fires once.")
    hang_up_after_bytes: int | None = _after("The printer ends the link in order (FIN) after n more bytes. Fires once.")
    refuse_connections: bool = _off("Nobody listens: TCP connections are refused, the serial device disappears.")

    # The drawer.
    drawer_no_sensor: bool = _off("No sensor is plugged in: pin 3 is always high.")
    drawer_inverted: bool = _off("The sensor's levels are the other way round.")
    drawer_stuck: bool = _off("The drawer stays as it is: an open one cannot be shut, neither by hand nor by time.")
    drawer_never_opens: bool = _off("Locked, or without its 24 V: pulses come and nothing moves.")

    def switched(self, name: str, value: object) -> Faults:
        """The same with one switch in another position.

        `value` is a bool for plain switches, a count for counted ones; True on a counted one means "at once", False and
        None switch it off. Raises `UnknownFault`.
        """
        if name not in FAULT_NAMES:
            raise UnknownFault(name, value, "must be one of " + ", ".join(FAULT_NAMES))
        positions: dict[str, Any] = {name: _position(name, value)}
        return replace(self, **positions)


EXPLAINED: Final[Mapping[str, str]] = MappingProxyType({one.name: one.metadata["says"] for one in fields(Faults)})
"""What every switch does, by its name."""

FAULT_NAMES: Final = tuple(EXPLAINED)
_PLAIN: Final = frozenset(one.name for one in fields(Faults) if isinstance(one.default, bool))
_AMOUNTS: Final = frozenset(one.name for one in fields(Faults) if one.default == 0) - _PLAIN


def _position(name: str, value: object) -> bool | int | None:
    if name in _PLAIN:
        if not isinstance(value, bool):
            raise UnknownFault(name, value, "is switched with true or false")
        return value
    if value is False or value is None:
        return 0 if name in _AMOUNTS else None
    if value is True:
        if name in _AMOUNTS:
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
