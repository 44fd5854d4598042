"""An X report on paper: what it said when it was asked for, though no event holds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.errors import Refused
from branchgate.events import EventKind
from branchgate.figures import Closing, Figures, PaymentFigure
from branchgate.ids import new_event_id
from gateway.printing import PrintState
from gateway.rpc.printing import job_message
from tests.gateway.printing.shop import REGISTER, device_at, open_shop, virtual_printer

FIGURES = Figures(receipt_count=2, gross_cents=2380, payments=(PaymentFigure("Bar", "", "EUR", 2, 2380),))
X = Closing(REGISTER, 0, "", 1_795_000_000_000, 7, FIGURES, "anna", "2.4", b"")
ASKED = new_event_id(3)


async def test_an_x_report_is_printed_once_for_a_request_and_is_no_event(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as printer, open_shop(tmp_path, device_at(printer)) as shop:
        first, again = await shop.desk.print_x(ASKED, X), await shop.desk.print_x(ASKED, X)
        assert first.job_id == again.job_id == ASKED
        job = await shop.reaches(ASKED, PrintState.PRINTED)
        assert (job.document, job.title, job.user_id, job.register_id) == ("x-report", "X kasse-1", "anna", REGISTER)
        (slip,) = printer.printer.slips
        assert "X-BERICHT" in slip.text
        assert "23,80" in slip.text
        assert not slip.copy
        assert job_message(job).event_id == b""
        assert [entry.kind for entry in shop.reader.read(0, 100)] == [EventKind.PRINT_OUTCOME]


async def test_an_x_report_waits_for_its_printer_and_says_what_it_said_then(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as printer:
        async with open_shop(tmp_path, device_at(printer), running=False) as shop:
            await shop.desk.print_x(ASKED, X)
        async with open_shop(tmp_path, device_at(printer)) as shop:
            await shop.reaches(ASKED, PrintState.PRINTED)
            assert "23,80" in printer.printer.slips[0].text


async def test_a_request_id_of_the_wrong_length_prints_nothing(tmp_path: Path) -> None:
    async with open_shop(tmp_path, running=False) as shop:
        with pytest.raises(Refused) as told:
            await shop.desk.print_x(b"short", X)
        assert told.value.field == "request_id"
