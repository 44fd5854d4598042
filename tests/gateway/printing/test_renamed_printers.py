"""A receipt was in a printer that the settings do not name any more: its job asks a person, like any other after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.errors import Refused
from drivers.printing.states import JobEvidence, JobState
from gateway.printing import PrintState
from tests.gateway.printing.shop import Shop, device_at, open_shop, roles, virtual_printer

OLD, NEW = roles(("", "receipt", "alt")), roles(("", "receipt", "neu"))
UNDER_WAY = (JobState.SENDING, JobState.AWAITING, JobState.WAITING_PRINTER)


async def _left_behind(shop: Shop, state: JobState) -> bytes:
    """A job as a killed gateway leaves it: nobody had the time to say that it is in doubt."""
    event = await shop.sell()
    (job,) = shop.jobs_of(event)
    evidence = JobEvidence(parted=False, bytes_accepted=700)
    assert await shop.store.claim("alt", job.job_id, evidence)
    await shop.store.moved("alt", job.job_id, state, evidence)
    return event


@pytest.mark.parametrize("state", UNDER_WAY)
async def test_what_was_under_way_at_a_printer_that_is_gone_from_the_settings_asks_a_person(
    tmp_path: Path, state: JobState
) -> None:
    """The gateway was killed with a receipt in the printer, and the device renamed before the next start. Only a printer's own actor turns what
    was under way into a doubt, and there was none of that name: the job stayed SENDING for ever, not to be cancelled nor answered.
    """
    async with virtual_printer(tmp_path) as printer:
        async with open_shop(tmp_path, device_at(printer, "alt"), settings=OLD, running=False) as shop:
            event = await _left_behind(shop, state)
        async with open_shop(tmp_path, device_at(printer, "neu"), settings=NEW) as shop:
            (job,) = shop.jobs_of(event)
            assert (job.state, job.reason, job.bytes_accepted) == (PrintState.UNCERTAIN, "RESTARTED", None)
            assert [outcome.state for outcome in shop.outcomes()] == ["UNCERTAIN"]
            with pytest.raises(Refused, match="PRINT_JOB_NOT_CANCELLABLE"):
                await shop.desk.cancel(job.job_id, "anna")
            await shop.desk.resolve(job.job_id, False, "anna")
            copy = await shop.reaches(event, PrintState.PRINTED, copy_number=1)
            assert copy.printer == "neu"


async def test_what_was_under_way_at_a_printer_that_is_still_there_is_left_to_its_actor(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as printer:
        async with open_shop(tmp_path, device_at(printer, "alt"), settings=OLD, running=False) as shop:
            event = await _left_behind(shop, JobState.AWAITING)
        async with open_shop(tmp_path, device_at(printer, "alt"), settings=OLD, running=False) as shop:
            assert shop.jobs_of(event)[0].state is PrintState.AWAITING
