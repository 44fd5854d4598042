"""Two printers, an operator and new settings want the same job: it is sent once or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import permutations
from pathlib import Path

import pytest

from branchgate.errors import Refused
from drivers.printing.ledger import JobLedger
from drivers.printing.states import JobEvidence
from drivers.virtual.paper import PaperCount
from gateway.config import Device
from gateway.printing import PrintState
from tests.gateway.printing.shop import Shop, device_at, open_shop, roles, virtual_printer
from tests.gateway.printing.wrapped import WrappedLedger

FRONT = Device(name="front", address="tcp://127.0.0.1:9", fallback="back")
BACK = Device(name="back", address="tcp://127.0.0.1:9")
ORDERS = list(permutations(["front", "back", "hand over", "cancel"]))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
async def test_in_any_order_a_job_is_claimed_once_or_cancelled(tmp_path: Path, order: tuple[str, ...]) -> None:
    """All are asked at once, so that they stand in the writer's queue together."""
    async with open_shop(tmp_path, FRONT, BACK, settings=roles(("", "receipt", "front")), running=False) as shop:
        (job,) = shop.jobs_of(await shop.sell())
        asked: dict[str, Awaitable[object]] = {
            "front": shop.store.claim("front", job.job_id, JobEvidence(parted=False)),
            "back": shop.store.claim("back", job.job_id, JobEvidence(parted=False)),
            "hand over": shop.store.hand_over("front", "front", "back"),
            "cancel": shop.store.cancel(job.job_id, "anna"),
        }
        answers = await asyncio.gather(*(asked[name] for name in order), return_exceptions=True)
        got = dict(zip(order, answers, strict=True))
        cancelled = not isinstance(got["cancel"], Refused)
        assert [got["front"] is True, got["back"] is True, cancelled].count(True) == 1
        stored = shop.store.job(job.job_id)
        assert stored.state is (PrintState.CANCELLED if cancelled else PrintState.SENDING)
        if not cancelled:
            assert stored.printer == ("front" if got["front"] is True else "back")


class Interfering(WrappedLedger):
    """Something else happens at the very moment the printer is about to claim its first job."""

    def __init__(self, ledger: JobLedger, happenings: list[Callable[[], Awaitable[object]]]) -> None:
        super().__init__(ledger)
        self._happenings = happenings

    async def claim(self, printer: str, job_id: bytes, evidence: JobEvidence) -> bool:
        while self._happenings:
            await self._happenings.pop()()
        return await super().claim(printer, job_id, evidence)


async def _snatched(tmp_path: Path, what: Callable[[Shop, bytes], Awaitable[object]]) -> tuple[PrintState, int, int]:
    """State of the job at the end, and its originals at the first and the second printer."""
    happenings: list[Callable[[], Awaitable[object]]] = []
    async with virtual_printer(tmp_path) as front, virtual_printer(tmp_path) as back:
        devices = (device_at(front, "front"), device_at(back, "back"))
        first = roles(("", "receipt", "front"))
        async with open_shop(
            tmp_path, *devices, settings=first, running=False, wrap=partial(Interfering, happenings=happenings)
        ) as shop:
            event = await shop.sell()
            (job,) = shop.jobs_of(event)
            happenings.append(lambda: what(shop, job.job_id))
            serving = asyncio.create_task(shop.devices.run())
            await shop.until(lambda: shop.jobs_of(event)[0].state.is_final)
            marker = await shop.sell(2)  # behind it, so that the first printer has come past the job
            await shop.reaches(marker, PrintState.PRINTED)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            sheets = [printer.printer.receipts().get("K1-000001", PaperCount()).originals for printer in (front, back)]
            return shop.jobs_of(event)[0].state, sheets[0], sheets[1]


async def test_a_job_that_was_given_to_another_printer_just_before_is_not_sent_by_the_first(tmp_path: Path) -> None:
    outcome = await _snatched(tmp_path, lambda shop, _job: shop.desk.use_settings(roles(("", "receipt", "back"))))
    assert outcome == (PrintState.PRINTED, 0, 1)


async def test_a_job_that_was_cancelled_just_before_is_not_sent(tmp_path: Path) -> None:
    outcome = await _snatched(tmp_path, lambda shop, job: shop.desk.cancel(job, "anna"))
    assert outcome == (PrintState.CANCELLED, 0, 0)
