"""Reports on paper by the template of their job, and copies that tell who asked for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from branchgate.clock import SystemClock
from branchgate.events import EventKind
from branchgate.figures import encode_closing
from branchgate.ids import new_event_id
from drivers.escpos.layout import to_text
from drivers.escpos.profile import PROFILES
from gateway.journal import OWN, NewEntry
from gateway.printing.documents import Documents
from gateway.printing.jobs import Job
from gateway.printing.templates.closing import TEMPLATE_VERSION
from tests.branchgate.reports.rich_day import CLOSING
from tests.gateway.printing.shop import SETTINGS, Shop, open_shop

PROFILE = PROFILES["generic-80"]


async def closed(shop: Shop) -> bytes:
    entry = NewEntry(new_event_id(1), CLOSING.register_id, OWN, EventKind.CLOSING, encode_closing(CLOSING))
    await shop.journal.append(entry)
    return entry.event_id


async def printed(shop: Shop, job: Job) -> str:
    documents = Documents(shop.reader, SystemClock())
    documents.settings = SETTINGS
    return to_text(await documents.document(job, PROFILE), PROFILE.columns)


@pytest.mark.parametrize(("template", "said", "not_said"), [(4, "Summe aller Bons", "SUMME ALLER BONS"), (5, "SUMME ALLER BONS", "Summe aller Bons")])  # fmt: skip
async def test_a_report_prints_as_on_the_day_its_job_was_made(
    tmp_path: Path, template: int, said: str, not_said: str
) -> None:
    async with open_shop(tmp_path, running=False) as shop:
        closing = await shop.desk.print_receipt(new_event_id(2), await closed(shop))
        x = await shop.desk.print_x(new_event_id(3), replace(CLOSING, z_number=0))
        assert closing.template == x.template == TEMPLATE_VERSION == 5
        for job in (closing, x):
            text = await printed(shop, replace(job, template=template))
            assert said in text
            assert not_said not in text


async def test_a_copy_of_a_closing_tells_who_asked_and_the_original_does_not(tmp_path: Path) -> None:
    async with open_shop(tmp_path, running=False) as shop:
        event = await closed(shop)
        original = await shop.desk.print_receipt(new_event_id(2), event, user_id="bela")
        copy = await shop.desk.print_receipt(new_event_id(3), event, user_id="chefin")
        first, second = await printed(shop, original), await printed(shop, copy)
        assert "KOPIE" not in first
        assert second.index("KOPIE") < second.index("chefin") < second.index("TAGESABSCHLUSS")
        assert second.endswith(first)
