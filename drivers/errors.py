"""What can go wrong with a device, in three families by what the caller can do.

Every error carries a stable reason code; texts for people are made elsewhere from the code and the device's name.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Stable codes; their names are part of the interface and never change their meaning."""

    ADDRESS_INVALID = "ADDRESS_INVALID"
    ANSWER_OVERDUE = "ANSWER_OVERDUE"
    CANCELLED = "CANCELLED"
    CONNECTION_REFUSED = "CONNECTION_REFUSED"
    CONNECTION_TIMEOUT = "CONNECTION_TIMEOUT"
    COVER_OPEN = "COVER_OPEN"
    CUTTER_ERROR = "CUTTER_ERROR"
    DEVICE_ABSENT = "DEVICE_ABSENT"
    DEVICE_AMBIGUOUS = "DEVICE_AMBIGUOUS"
    DOCUMENT_UNPRINTABLE = "DOCUMENT_UNPRINTABLE"
    DRAWER_ALREADY_OPEN = "DRAWER_ALREADY_OPEN"
    DRAWER_DID_NOT_MOVE = "DRAWER_DID_NOT_MOVE"
    DRAWER_LEVEL_CONTRADICTED = "DRAWER_LEVEL_CONTRADICTED"
    DRAWER_LEVEL_UNKNOWN = "DRAWER_LEVEL_UNKNOWN"
    DRAWER_SENSOR_DEAD = "DRAWER_SENSOR_DEAD"
    DRAWER_WITHOUT_SENSOR = "DRAWER_WITHOUT_SENSOR"
    EXPIRED = "EXPIRED"
    HEAD_HOT = "HEAD_HOT"
    HOST_UNKNOWN = "HOST_UNKNOWN"
    LIBRARY_MISSING = "LIBRARY_MISSING"
    LINK_LOST = "LINK_LOST"
    NO_ANSWER = "NO_ANSWER"
    NO_PRINTER_INTERFACE = "NO_PRINTER_INTERFACE"
    NOT_CONNECTED = "NOT_CONNECTED"
    NOT_READING = "NOT_READING"
    PAPER_OUT = "PAPER_OUT"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    PORT_IN_USE = "PORT_IN_USE"
    PRINTER_ERROR = "PRINTER_ERROR"
    PRINTER_OFFLINE = "PRINTER_OFFLINE"
    RESTARTED = "RESTARTED"
    SCALE_ERROR = "SCALE_ERROR"
    SCALE_IN_MOTION = "SCALE_IN_MOTION"
    SCALE_OVER_CAPACITY = "SCALE_OVER_CAPACITY"
    SCALE_UNDER_ZERO = "SCALE_UNDER_ZERO"
    SCALE_ZERO_NEEDED = "SCALE_ZERO_NEEDED"


class DeviceError(Exception):
    """A device could not do what was asked. `device` is its address or name, `detail` is for logs, not for people."""

    def __init__(self, reason: Reason, device: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {device}" + (f": {detail}" if detail else ""))
        self.reason = reason
        self.device = device
        self.detail = detail


class DeviceRefused(DeviceError):
    """The request or the set-up is wrong: repeating it as it is will not help."""


class DeviceUnavailable(DeviceError):
    """A passing state, and nothing has happened: try again."""


class OutcomeUnknown(DeviceError):
    """It may have happened: ask the device or a person before repeating it."""


class LinkLost(DeviceUnavailable):
    """The wire to the device is gone: unplugged, switched off, or closed by the other side."""

    def __init__(self, device: str, detail: str = "") -> None:
        super().__init__(Reason.LINK_LOST, device, detail)


class AddressInvalid(DeviceRefused):
    """A device address breaks a rule. `field`, `value` and `rule` say which and what is allowed."""

    def __init__(self, address: str, field: str, value: str, rule: str) -> None:
        super().__init__(Reason.ADDRESS_INVALID, address, f"{field} {value!r}: {rule}")
        self.field = field
        self.value = value
        self.rule = rule
