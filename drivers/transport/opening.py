"""Why a device file or port could not be opened: absent, in use, or not allowed."""

from __future__ import annotations

import errno
from typing import Final

from drivers.errors import DeviceRefused, DeviceUnavailable, Reason

_REASONS: Final = {
    errno.ENOENT: Reason.DEVICE_ABSENT,
    errno.ENXIO: Reason.DEVICE_ABSENT,
    errno.ENODEV: Reason.DEVICE_ABSENT,
    errno.EIO: Reason.DEVICE_ABSENT,
    errno.EBUSY: Reason.PORT_IN_USE,
    errno.EAGAIN: Reason.PORT_IN_USE,
}


def not_opened(device: str, number: int, detail: str) -> DeviceRefused | DeviceUnavailable:
    """The error for an errno of the kernel; DeviceRefused when only a change of rights will help."""
    if number in {errno.EACCES, errno.EPERM}:
        return DeviceRefused(Reason.PERMISSION_DENIED, device, detail)
    return DeviceUnavailable(_REASONS.get(number, Reason.DEVICE_ABSENT), device, detail)
