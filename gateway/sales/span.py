"""What a report over closed days is divided into; here, so that the gateway's process does not import DuckDB."""

from __future__ import annotations

from enum import StrEnum


class Span(StrEnum):
    """All at once, by month, or by business day."""

    WHOLE = "whole"
    MONTH = "month"
    DAY = "day"
