"""The clock that callers pass in."""

from __future__ import annotations

from collections.abc import Callable

Clock = Callable[[], int]
"""Now in UTC, in milliseconds."""
