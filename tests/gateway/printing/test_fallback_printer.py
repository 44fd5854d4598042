"""A printer that is out for too long is stood in for; only what was never sent goes elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.errors import Refused
from drivers.virtual.faults import Faults
from drivers.virtual.paper import PaperCount
from drivers.virtual.server import VirtualPrinterServer
from gateway.config import Device, load
from gateway.printing import PrintState
from gateway.printing.advice import advice
from gateway.rpc.printing import job_message
from tests.gateway.printing.shop import device_at, open_shop, roles, virtual_printer

AT_THE_FRONT = roles(("", "receipt", "front"))


def pair(front: VirtualPrinterServer, back: VirtualPrinterServer, after_s: int = 0) -> tuple[Device, Device]:
    return device_at(front, "front", fallback="back", fallback_after_s=after_s), device_at(back, "back")


def originals(printer: VirtualPrinterServer) -> dict[str, int]:
    return {number: count.originals for number, count in printer.printer.receipts().items()}


async def test_what_waits_for_a_printer_that_is_out_comes_out_of_its_fallback(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, faults=Faults(cover_open=True)) as front,
        virtual_printer(tmp_path) as back,
        open_shop(tmp_path, *pair(front, back), settings=AT_THE_FRONT) as shop,
    ):
        first, second = await shop.sell(1), await shop.sell(2)
        job = await shop.reaches(first, PrintState.PRINTED)
        await shop.reaches(second, PrintState.PRINTED)
        assert (job.printer, job.intended_printer) == ("back", "front")
        assert advice(job, "de") == "Bon K1-000001 liegt am Drucker „back“, weil Drucker „front“ nicht bereit war."
        assert "lies at printer" in job_message(job).advice_en
        assert job_message(job).intended_printer == "front"
        front.switch("cover_open", False)
        await shop.until_ready("front")
        third = await shop.sell(3)
        job = await shop.reaches(third, PrintState.PRINTED)
        assert (job.printer, job.intended_printer) == ("front", "")
    assert originals(front) == {"K1-000003": 1}
    assert originals(back) == {"K1-000001": 1, "K1-000002": 1}


async def test_a_printer_that_is_not_there_is_stood_in_for_too(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as front, virtual_printer(tmp_path) as back:
        devices = pair(front, back)
        front.switch("refuse_connections", True)
        async with open_shop(tmp_path, *devices, settings=AT_THE_FRONT) as shop:
            await shop.reaches(await shop.sell(), PrintState.PRINTED)
    assert (originals(front), originals(back)) == ({}, {"K1-000001": 1})


async def test_a_silent_printer_with_a_fallback_is_sent_nothing_blind(tmp_path: Path) -> None:
    """It was taken for one that never answers, and got every receipt unverified while its fallback stood by and was ready."""
    async with (
        virtual_printer(tmp_path, faults=Faults(mute_status=True)) as front,
        virtual_printer(tmp_path) as back,
        open_shop(tmp_path, *pair(front, back, after_s=3), settings=AT_THE_FRONT) as shop,
    ):
        job = await shop.reaches(await shop.sell(), PrintState.PRINTED)
        assert (job.printer, job.intended_printer) == ("back", "front")
    assert (originals(front), originals(back)) == ({}, {"K1-000001": 1})


async def test_what_was_sent_stays_and_what_queues_behind_it_goes(tmp_path: Path) -> None:
    """The first lies inside the printer that ran out of paper: sent elsewhere it would be there twice."""
    faults = Faults(paper_out_after_lines=10)
    async with (
        virtual_printer(tmp_path, faults=faults) as front,
        virtual_printer(tmp_path) as back,
        open_shop(tmp_path, *pair(front, back), settings=AT_THE_FRONT) as shop,
    ):
        first = await shop.sell(1)
        await shop.reaches(first, PrintState.WAITING_PRINTER)
        await shop.reaches(await shop.sell(2), PrintState.PRINTED)
        assert shop.jobs_of(first)[0].state is PrintState.WAITING_PRINTER
        front.switch("paper_out", False)
        assert (await shop.reaches(first, PrintState.PRINTED)).printer == "front"
    assert (originals(front), originals(back)) == ({"K1-000001": 1}, {"K1-000002": 1})


async def test_a_receipt_in_doubt_stays_a_question(tmp_path: Path) -> None:
    faults = Faults(disconnect_after_process_ids=3)
    async with (
        virtual_printer(tmp_path, faults=faults) as front,
        virtual_printer(tmp_path) as back,
        open_shop(tmp_path, *pair(front, back), settings=AT_THE_FRONT) as shop,
    ):
        doubt = await shop.sell(1, lines=60)
        await shop.reaches(doubt, PrintState.UNCERTAIN)
        front.switch("cover_open", True)
        await shop.reaches(await shop.sell(2), PrintState.PRINTED)
        assert shop.jobs_of(doubt)[0].state is PrintState.UNCERTAIN
    assert "K1-000001" not in originals(back)


async def test_a_short_outage_is_waited_for(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path, faults=Faults(cover_open=True)) as front, virtual_printer(tmp_path) as back:
        settings = roles(("", "receipt", "front"), ("kasse-2", "receipt", "back"))
        async with open_shop(tmp_path, *pair(front, back, after_s=3600), settings=settings) as shop:
            event = await shop.sell()
            await shop.until(lambda: shop.jobs_of(event)[0].reason == "COVER_OPEN")
            await shop.until_ready("back")
            assert shop.jobs_of(event)[0].printer == "front"
            front.switch("cover_open", False)
            await shop.reaches(event, PrintState.PRINTED)
    assert (originals(front), originals(back)) == ({"K1-000001": 1}, {})


async def test_a_fallback_that_cannot_print_gets_nothing_and_whoever_is_ready_first_prints(tmp_path: Path) -> None:
    out = Faults(cover_open=True)
    async with (
        virtual_printer(tmp_path, faults=out) as front,
        virtual_printer(tmp_path, faults=out) as back,
        open_shop(tmp_path, *pair(front, back), settings=AT_THE_FRONT) as shop,
    ):
        event = await shop.sell()
        await shop.until(lambda: shop.jobs_of(event)[0].reason == "COVER_OPEN")
        assert shop.jobs_of(event)[0].printer == "front"
        back.switch("cover_open", False)
        await shop.reaches(event, PrintState.PRINTED)
    assert (originals(front), originals(back)) == ({}, {"K1-000001": 1})


async def test_what_waits_at_a_fallback_goes_home_when_only_home_can_print(tmp_path: Path) -> None:
    """Both are stopped by hand over the ledger: the fallback goes out after it got the job and before it claims."""
    async with virtual_printer(tmp_path, faults=Faults(cover_open=True)) as front, virtual_printer(tmp_path) as back:
        devices = pair(front, back)
        async with open_shop(tmp_path, *devices, settings=AT_THE_FRONT, running=False) as shop:
            event = await shop.sell()
            await shop.store.hand_over("front", "front", "back")
        front.switch("cover_open", False)
        back.switch("cover_open", True)
        async with open_shop(tmp_path, *devices, settings=AT_THE_FRONT) as shop:
            job = await shop.reaches(event, PrintState.PRINTED)
            assert (job.printer, job.intended_printer) == ("front", "")


async def test_two_printers_stand_in_for_each_other_and_nothing_goes_round_in_circles(tmp_path: Path) -> None:
    """Each of two counters has the other's printer behind it. A job that came from the front is never taken for one of the back's own."""
    async with virtual_printer(tmp_path, faults=Faults(cover_open=True)) as front, virtual_printer(tmp_path) as back:
        front_device, back_device = pair(front, back)
        back_device = device_at(back, "back", fallback="front", fallback_after_s=0)
        settings = roles(("", "receipt", "front"), ("", "kitchen", "back"))
        async with open_shop(tmp_path, front_device, back_device, settings=settings) as shop:
            job = await shop.reaches(await shop.sell(1), PrintState.PRINTED)
            assert (job.printer, job.intended_printer) == ("back", "front")
            back.switch("cover_open", True)
            await shop.until_out("back")
            stuck = await shop.sell(2)
            front.switch("cover_open", False)
            job = await shop.reaches(stuck, PrintState.PRINTED)
            assert (job.printer, job.intended_printer) == ("front", "")
            job = await shop.reaches(await shop.sell(3, role="kitchen"), PrintState.PRINTED)
            assert (job.printer, job.intended_printer) == ("front", "back")
    assert originals(back) == {"K1-000001": 1}
    assert originals(front) == {"K1-000002": 1, "K1-000003": 1}


async def test_a_restart_leaves_a_receipt_where_it_was_given_to(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as front, virtual_printer(tmp_path) as back:
        devices = pair(front, back)
        async with open_shop(tmp_path, *devices, settings=AT_THE_FRONT, running=False) as shop:
            event = await shop.sell()
            await shop.store.hand_over("front", "front", "back")
        async with open_shop(tmp_path, *devices, settings=AT_THE_FRONT, running=False) as shop:
            (job,) = shop.jobs_of(event)
            assert (job.printer, job.intended_printer) == ("back", "front")
            assert "kommt am Drucker „back“ heraus" in advice(job, "de")
        alone = device_at(front, "front"), device_at(back, "back")
        async with open_shop(tmp_path, *alone, settings=AT_THE_FRONT, running=False) as shop:
            (job,) = shop.jobs_of(event)
            assert (job.printer, job.intended_printer) == ("front", "")


async def test_a_copy_made_after_a_doubt_also_finds_the_fallback(tmp_path: Path) -> None:
    faults = Faults(disconnect_after_process_ids=3)
    async with (
        virtual_printer(tmp_path, faults=faults) as front,
        virtual_printer(tmp_path) as back,
        open_shop(tmp_path, *pair(front, back), settings=AT_THE_FRONT) as shop,
    ):
        event = await shop.sell(1, lines=60)
        job = await shop.reaches(event, PrintState.UNCERTAIN)
        front.switch("cover_open", True)
        await shop.desk.resolve(job.job_id, False, "anna")
        await shop.reaches(event, PrintState.PRINTED, copy_number=1)
        sheets = [printer.printer.receipts().get("K1-000001", PaperCount()) for printer in (front, back)]
        assert sum(sheet.originals for sheet in sheets) <= 1
        assert sum(sheet.copies for sheet in sheets) == 1


@pytest.mark.parametrize(
    ("fallbacks", "field"),
    [
        ({"a": "a"}, "devices.a.fallback"),
        ({"a": "nobody"}, "devices.a.fallback"),
    ],
)
def test_a_fallback_that_cannot_be_is_refused_at_the_start(
    tmp_path: Path, fallbacks: dict[str, str], field: str
) -> None:
    lines = []
    for name in "abc":
        lines += ["[[devices]]", f'name = "{name}"', 'address = "tcp://127.0.0.1:9100"']
        lines += [f'fallback = "{fallbacks[name]}"'] if name in fallbacks else []
    (tmp_path / "gateway.toml").write_text("\n".join(lines))
    with pytest.raises(Refused) as refused:
        load(tmp_path)
    assert (refused.value.reason, refused.value.field) == ("SETTINGS_INVALID", field)
