"""Long receipts are laid out and composed beside the event loop: acknowledgements and drawers do not wait for them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from branchgate.clock import SystemClock
from branchgate.ids import new_event_id
from drivers.printing import session
from gateway.printing import PrintState, desk, documents
from gateway.printing.digital import DigitalDesk, Form, profile_of_width
from gateway.printing.documents import Documents
from tests.gateway.printing.shop import SETTINGS, device_at, open_shop, virtual_printer


def threads_of(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[threading.Thread]:
    """In which threads a function of a module is called from now on."""
    called, original = list[threading.Thread](), getattr(module, name)

    def noted(*arguments: Any, **named: Any) -> Any:
        called.append(threading.current_thread())
        return original(*arguments, **named)

    monkeypatch.setattr(module, name, noted)
    return called


async def test_a_document_is_made_beside_the_event_loop_on_its_way_to_paper_and_to_a_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receipt of 14,000 lines kept every other call waiting for seconds, once while it was laid out and once while it was composed."""
    made = {
        name: threads_of(monkeypatch, module, name)
        for module, name in (
            (documents, "receipt_document"),
            (documents, "marked_digital"),
            (session, "compose"),
            (desk, "job_for"),
        )
    }
    async with virtual_printer(tmp_path) as printer, open_shop(tmp_path, device_at(printer)) as shop:
        event = await shop.sell()
        await shop.reaches(event, PrintState.PRINTED)
        await shop.desk.print_receipt(new_event_id(1), event)
        await shop.reaches(event, PrintState.PRINTED, copy_number=1)
        looked_at = Documents(shop.reader, SystemClock())
        looked_at.settings = SETTINGS
        assert (await DigitalDesk(looked_at).render(event, Form.TEXT, profile_of_width(48))).content
    assert {name: len(threads) for name, threads in made.items()} == {
        "receipt_document": 3,
        "marked_digital": 1,
        "compose": 2,
        "job_for": 1,
    }
    assert all(thread is not threading.main_thread() for threads in made.values() for thread in threads)
