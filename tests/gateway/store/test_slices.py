"""Rows cut into few statements: nothing lost, nothing doubled, few lengths."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.store.slices import LONGEST, marks, slices


@given(st.integers(0, 500))
def test_slices_are_the_rows_in_order_and_come_in_few_lengths(count: int) -> None:
    cut = list(slices(range(count)))
    assert [row for some in cut for row in some] == list(range(count))
    assert {len(some) for some in cut} <= {1, 2, 4, 8, 16, 32, LONGEST}
    assert len(cut) <= count // LONGEST + 6


def test_marks_stand_for_values_or_for_rows() -> None:
    assert marks(3) == "?, ?, ?"
    assert marks(2, 3) == "(?, ?, ?), (?, ?, ?)"
