"""Cash drawers: a command with seconds to live, never queued behind paper, never replayed, always in the journal."""

from __future__ import annotations

from gateway.drawers.commands import DrawerAnswer, DrawerResult
from gateway.drawers.desk import DrawerDesk
from gateway.drawers.tables import DRAWERS

__all__ = ["DRAWERS", "DrawerAnswer", "DrawerDesk", "DrawerResult"]
