"""What every transport promises.

Deadlines are readings of the running event loop's clock, in seconds. One task owns a transport; it may have one `send`
and one `read` under way at the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Transport(Protocol):
    """A byte stream to one device."""

    @property
    def address(self) -> str:
        """The address as configured; it names the device in errors and logs."""
        ...

    async def open(self, deadline: float) -> None:
        """Connect. Raises DeviceUnavailable (absent, in use, refused, timeout) or DeviceRefused (no permission)."""
        ...

    async def send(self, data: bytes, deadline: float) -> int:
        """Return how many bytes of `data` the kernel accepted: not all of them at the deadline or when the link dies.

        Accepted is not printed: only the device's own answer proves that. Raises LinkLost when the link is found dead
        before the first byte was accepted.
        """
        ...

    async def read(self, deadline: float) -> bytes:
        """Return what the device said, or b"" when it was silent until the deadline. Raises LinkLost at the end."""
        ...

    async def close(self, deadline: float) -> bytes:
        """Close without cutting off what was accepted; return what the device still said meanwhile. Never raises."""
        ...


OpenTransport = Callable[[], Transport]
"""A new, unopened transport to always the same device, per call."""
