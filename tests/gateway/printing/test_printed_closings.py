"""A Z report on paper: its text, once without a mark, then as copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.errors import Refused
from branchgate.events import EventKind
from branchgate.figures import Closing, Figures, encode_closing
from branchgate.ids import new_event_id
from gateway.journal import OWN, NewEntry
from gateway.printing import PrintState
from tests.gateway.printing.shop import REGISTER, Shop, device_at, open_shop, virtual_printer


async def closed(shop: Shop) -> bytes:
    closing = Closing(REGISTER, 3, "2026-11-18", 1_795_000_000_000, 7, Figures(), "anna", "2.4", bytes(32))
    entry = NewEntry(new_event_id(1), REGISTER, OWN, EventKind.CLOSING, encode_closing(closing))
    await shop.journal.append(entry)
    return entry.event_id


async def test_a_closing_is_printed_once_and_again_as_a_copy(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as printer, open_shop(tmp_path, device_at(printer)) as shop:
        event = await closed(shop)
        await shop.desk.print_closing(event, REGISTER)
        await shop.desk.print_closing(event, REGISTER)
        job = await shop.reaches(event, PrintState.PRINTED)
        assert (job.document, job.title, len(shop.jobs_of(event))) == ("closing", "Z 3 kasse-1", 1)
        await shop.desk.print_receipt(new_event_id(2), event)
        await shop.reaches(event, PrintState.PRINTED, copy_number=1)
        original, copy = printer.printer.slips
        assert (original.copy, copy.copy) == (False, True)
        assert "TESTBETRIEB - keine TSE" in original.text
        assert copy.text.endswith(original.text)


async def test_only_receipts_and_closings_can_be_printed(tmp_path: Path) -> None:
    async with open_shop(tmp_path, running=False) as shop:
        await shop.journal.append(NewEntry(bytes(16), "", OWN, EventKind.IDENTITY, b""))
        with pytest.raises(Refused, match="EVENT_NOT_PRINTABLE"):
            await shop.desk.print_closing(bytes(16), REGISTER)
