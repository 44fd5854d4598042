"""Jobs that an older version of the gateway made print as it would have printed them; the branch may leave the TSE's text to the code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from branchgate.clock import SystemClock
from branchgate.events import EventKind
from branchgate.ids import new_event_id
from branchgate.receipts.codec import encode_receipt
from drivers.escpos.document import Document, QrCode
from drivers.escpos.layout import to_text
from drivers.escpos.profile import PROFILES
from gateway.config import load
from gateway.journal import NewEntry
from gateway.printing.documents import Documents
from gateway.printing.templates.receipt import TEMPLATE_VERSION
from tests.gateway.printing.kinds import kinds, signed
from tests.gateway.printing.shop import REGISTER, SETTINGS, open_shop

PROFILE = PROFILES["generic-80"]


async def printed(folder: Path, template: int, *, tse_text: bool = True) -> tuple[str, bool]:
    """A signed receipt of the kind "paid out" by a template, and whether there is a code on it."""
    async with open_shop(folder, running=False) as shop:
        receipt = signed(kinds()["paid out"])
        entry = NewEntry(new_event_id(1), REGISTER, 1, EventKind.RECEIPT, encode_receipt(receipt))
        await shop.journal.append(entry)
        job = await shop.desk.print_receipt(new_event_id(2), entry.event_id)
        assert job.template == TEMPLATE_VERSION
        documents = Documents(shop.reader, SystemClock(), tse_text=tse_text)
        documents.settings = SETTINGS
        document: Document = await documents.document(replace(job, template=template), PROFILE)
        coded = any(isinstance(element, QrCode) for element in document.elements)
        return to_text(document, PROFILE.columns), coded


@pytest.mark.parametrize("template", [1, 2, 3])
async def test_a_job_of_an_older_version_prints_as_it_would_have(tmp_path: Path, template: int) -> None:
    text, coded = await printed(tmp_path, template)
    assert " -1 Auszahlung" in text
    assert "Unterschrift" not in text
    assert not coded


async def test_a_job_of_today_has_the_code_and_the_lines_to_sign_on(tmp_path: Path) -> None:
    text, coded = await printed(tmp_path, TEMPLATE_VERSION)
    assert "Erhalten (Unterschrift)" in text
    assert "Signaturzähler" in text
    assert coded


async def test_the_branch_may_leave_the_tse_s_text_to_the_code(tmp_path: Path) -> None:
    text, coded = await printed(tmp_path, TEMPLATE_VERSION, tse_text=False)
    assert "Signaturzähler" not in text
    assert coded


def test_the_tse_s_text_is_printed_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    assert load(tmp_path).receipt.tse_text
    (tmp_path / "gateway.toml").write_text("[receipt]\ntse_text = false\n", encoding="utf-8")
    assert not load(tmp_path).receipt.tse_text
