"""Scales at the till: a stable weight as the scale tells it, or none and why."""

from __future__ import annotations

from gateway.scales.desk import ScaleDesk, Weight

__all__ = ["ScaleDesk", "Weight"]
