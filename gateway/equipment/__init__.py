"""What hangs at the branch and how each piece stands: one board that everybody who knows something writes to, and others watch."""

from __future__ import annotations

from gateway.equipment.board import Board, BoardWatch, Notice
from gateway.equipment.roles import MissingDevices
from gateway.equipment.state import DeviceKind, DeviceState

__all__ = ["Board", "BoardWatch", "DeviceKind", "DeviceState", "MissingDevices", "Notice"]
