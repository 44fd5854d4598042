"""Customer displays (Kundenanzeigen): the latest line and total of a register, never a queue of them."""

from __future__ import annotations

from gateway.displays.desk import DisplayDesk

__all__ = ["DisplayDesk"]
