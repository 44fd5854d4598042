from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from branchgate.sync.timing import Backoff


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=50))
def test_waits_stay_between_one_and_thirty_seconds(draws: list[float]) -> None:
    source = iter(draws)
    backoff = Backoff(lambda: next(source))
    for _ in draws:
        assert 1_000 <= backoff.next_ms() <= 30_000


def test_waits_grow_to_the_cap_and_are_short_again_after_success() -> None:
    backoff = Backoff(lambda: 0.999)
    waits = [backoff.next_ms() for _ in range(5)]
    assert waits == sorted(waits)
    assert waits[-1] > 29_000
    backoff.reset()
    assert backoff.next_ms() <= 3_000
