"""The clock that callers pass in."""

from collections.abc import Callable

Clock = Callable[[], int]
"""Now in UTC, in milliseconds."""
