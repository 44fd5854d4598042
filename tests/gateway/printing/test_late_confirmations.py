"""The printer's answer comes after the gateway has given up, been restarted, or a person has decided."""

from __future__ import annotations

from pathlib import Path

from drivers.virtual.faults import Faults
from drivers.virtual.paper import PaperCount
from gateway.printing import PrintState
from tests.gateway.printing.shop import device_at, open_shop, virtual_printer

LATE = Faults(process_id_delay_ms=1500)  # later than the half second that the driver waits


async def test_an_answer_after_a_restart_settles_the_doubt_without_a_person(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as printer:
        device = device_at(printer)
        async with open_shop(tmp_path, device) as shop:
            await shop.reaches(await shop.sell(1), PrintState.PRINTED)
            printer.switch("process_id_delay_ms", LATE.process_id_delay_ms)
            event = await shop.sell(2)
            await shop.reaches(event, PrintState.AWAITING)
        async with open_shop(tmp_path, device) as shop:
            job = await shop.reaches(event, PrintState.PRINTED)
            assert (job.proof, job.reason, job.parted) == ("process-id", "", True)
            assert [o.state for o in shop.outcomes()] == ["PRINTED", "UNCERTAIN", "PRINTED"]
        assert printer.printer.receipts()["K1-000002"] == PaperCount(originals=1)


async def test_an_answer_after_a_person_s_word_is_kept_as_evidence_and_changes_nothing(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as printer, open_shop(tmp_path, device_at(printer)) as shop:
        await shop.reaches(await shop.sell(1), PrintState.PRINTED)
        printer.switch("process_id_delay_ms", LATE.process_id_delay_ms)
        event = await shop.sell(2)
        job = await shop.reaches(event, PrintState.UNCERTAIN)
        await shop.desk.resolve(job.job_id, False, "anna")
        await shop.until(lambda: shop.store.job(job.job_id).proof is not None)
        late = shop.store.job(job.job_id)
        assert (late.state, late.proof) == (PrintState.COPY, "process-id")
        printer.switch("process_id_delay_ms", 0)
        await shop.reaches(event, PrintState.PRINTED, copy_number=1)
        assert printer.printer.receipts()["K1-000002"] == PaperCount(originals=1, copies=1)
