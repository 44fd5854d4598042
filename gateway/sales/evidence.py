"""What sales stores that were kept as evidence tell of registers' numbers: the best witness of a journal that is gone, right beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

_LAST = """
SELECT register_id,
    max(z_number)::BIGINT,
    max(running)::BIGINT,
    max(reserved)::BIGINT
FROM (
    SELECT register_id, z_number, 0 AS running, 0 AS reserved FROM closings
    UNION ALL
    SELECT register_id, z_number - 1, 0, 0 FROM periods
    UNION ALL
    SELECT p.register_id, 0, if(own, 0, running_number), if(own, running_number, 0) FROM receipts JOIN periods p USING (period)
)
GROUP BY register_id ORDER BY register_id
"""


def last_numbers(files: Sequence[Path]) -> tuple[tuple[str, int, int, int], ...] | None:
    """The highest Z number, own running number and reserved running number of each register in any of the files.

    None when none of them can be read: then nobody here knows.
    """
    found: dict[str, tuple[int, int, int]] = {}
    read = False
    for file in files:
        rows = _rows(file)
        read = read or rows is not None
        for register_id, *numbers in rows or ():
            known = found.get(register_id, (0, 0, 0))
            z_number, running, reserved = map(max, known, numbers)
            found[register_id] = z_number, running, reserved
    return tuple((register_id, *numbers) for register_id, numbers in sorted(found.items())) if read else None


def _rows(file: Path) -> list[tuple[str, int, int, int]] | None:
    """None for a file that is damaged or of a version with other tables."""
    try:
        connection = duckdb.connect(str(file), read_only=True)
    except duckdb.Error:
        return None
    try:
        return [(name, z, running, reserved) for name, z, running, reserved in connection.execute(_LAST).fetchall()]
    except duckdb.Error:
        return None
    finally:
        connection.close()
