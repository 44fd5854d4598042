from __future__ import annotations

from gateway.catalogue.pace import QUIET_MS, Pace, RecentSales
from tests.rigs.clock import TurnedClock


def test_without_sales_nothing_waits() -> None:
    pace = Pace(lambda: False, TurnedClock(), bytes_per_second=1_000)
    assert [pace.pause_ms(1_000_000) for _ in range(5)] == [0] * 5


def test_while_sales_flow_all_registers_together_stay_below_the_rate() -> None:
    pace = Pace(lambda: True, TurnedClock(), bytes_per_second=1_000_000)
    assert [pace.pause_ms(50_000) for _ in range(4)] == [0, 50, 100, 150]


def test_a_single_price_waits_for_nothing_measurable() -> None:
    pace = Pace(lambda: True, TurnedClock())
    assert max(pace.pause_ms(300) for _ in range(20)) == 1


def test_the_first_quiet_moment_ends_the_waiting() -> None:
    clock = TurnedClock()
    sales = RecentSales(clock)
    pace = Pace(sales.busy, clock, bytes_per_second=1_000)
    sales.recorded()
    assert pace.pause_ms(10_000) == 0
    assert pace.pause_ms(10_000) == 10_000
    clock.advance(QUIET_MS)
    assert pace.pause_ms(10_000) == 0
