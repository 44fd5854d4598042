"""Digital receipts over a real socket: what the paper shows, as picture, drawing and text; and what is refused."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import grpc
import grpc.aio
import pytest
from PIL import Image

from branchgate.catalogue import BranchSettings
from branchgate.clock import SystemClock
from branchgate.errors import Refused
from branchgate.errors.status import error_from
from branchgate.events import EventKind
from branchgate.figures import Closing, Figures, encode_closing
from branchgate.ids import new_event_id
from branchgate.receipts.codec import encode_receipt
from branchgate.v1 import document_pb2, document_pb2_grpc
from branchgate.wire.guard import Guard
from branchgate.wire.sockets import listen_for_operator, make_server, operator_channel
from drivers.escpos.pictures import SourcePicture
from drivers.preview import preview_text
from drivers.virtual.settings import PrinterSettings
from gateway.journal import OWN, NewEntry
from gateway.printing import PrintState
from gateway.printing import digital as digital_module
from gateway.printing.digital import DigitalDesk, Form, profile_of_width
from gateway.printing.documents import Documents
from gateway.printing.templates.receipt import receipt_document
from gateway.rpc.document import DocumentServicer
from tests.gateway.printing.kinds import kinds, signed
from tests.gateway.printing.shop import REGISTER, SETTINGS, Shop, device_at, open_shop, virtual_printer

PNG, SVG, TEXT = (
    document_pb2.DOCUMENT_FORMAT_PNG,
    document_pb2.DOCUMENT_FORMAT_SVG,
    document_pb2.DOCUMENT_FORMAT_TEXT,
)


def desk_of(shop: Shop, settings: BranchSettings | None = SETTINGS, logo: SourcePicture | None = None) -> DigitalDesk:
    documents = Documents(shop.reader, SystemClock(), logo)
    documents.settings = settings
    return DigitalDesk(documents)


@asynccontextmanager
async def served(desk: DigitalDesk, folder: Path) -> AsyncIterator[document_pb2_grpc.DocumentServiceAsyncStub]:
    server = make_server(Guard(SystemClock()))
    document_pb2_grpc.add_DocumentServiceServicer_to_server(DocumentServicer(desk), server)
    listen_for_operator(server, folder / "admin.sock")
    await server.start()
    try:
        async with operator_channel(folder / "admin.sock") as channel:
            yield document_pb2_grpc.DocumentServiceStub(channel)
    finally:
        await server.stop(0)


@pytest.mark.parametrize("columns", [32, 48])
async def test_a_digital_receipt_is_the_paper_under_a_line_that_says_so(tmp_path: Path, columns: int) -> None:
    async with (
        virtual_printer(tmp_path, settings=PrinterSettings(columns=columns)) as printer,
        open_shop(tmp_path, device_at(printer, profile="generic-80" if columns == 48 else "generic-58")) as shop,
        served(desk_of(shop), tmp_path) as stub,
    ):
        event = await shop.sell()
        await shop.reaches(event, PrintState.PRINTED)
        printer.printer.tear_off(0)
        (paper,) = printer.printer.slips
        answer = await stub.RenderDocument(
            document_pb2.RenderDocumentRequest(event_id=event, format=TEXT, columns=columns)
        )
        first, *rest = [line for line in answer.content.decode().splitlines() if line]
        assert first.strip() == "Digitaler Beleg"
        assert rest == [line for line in paper.text.splitlines() if line]
        assert (answer.media_type, answer.title) == ("text/plain; charset=utf-8", "K1-000001")


@pytest.mark.parametrize("kind", sorted(kinds()))
async def test_every_kind_of_receipt_is_the_same_on_a_screen_as_on_paper(tmp_path: Path, kind: str) -> None:
    async with open_shop(tmp_path, running=False) as shop:
        receipt = signed(kinds()[kind])
        entry = NewEntry(new_event_id(1), REGISTER, 1, EventKind.RECEIPT, encode_receipt(receipt))
        await shop.journal.append(entry)
        shown = await desk_of(shop).render(entry.event_id, Form.TEXT, profile_of_width(42))
        paper = preview_text(receipt_document(receipt, REGISTER, SETTINGS, 42), profile_of_width(42))
        first, *rest = [line for line in shown.content.decode().splitlines() if line]
        assert first.strip() == "Digitaler Beleg"
        assert rest == [line for line in paper.splitlines() if line]


async def test_showing_a_receipt_makes_no_print_job(tmp_path: Path) -> None:
    async with open_shop(tmp_path, running=False) as shop, served(desk_of(shop), tmp_path) as stub:
        event = await shop.sell(role="")
        first = await stub.RenderDocument(document_pb2.RenderDocumentRequest(event_id=event, format=PNG))
        again = await stub.RenderDocument(document_pb2.RenderDocumentRequest(event_id=event, format=PNG))
        assert first == again
        assert shop.jobs_of(event) == []
        assert Image.open(io.BytesIO(first.content)).width == 640


async def test_a_profile_shows_what_its_printer_would_print(tmp_path: Path) -> None:
    async with open_shop(tmp_path, running=False) as shop, served(desk_of(shop), tmp_path) as stub:
        event = await shop.sell(role="")
        request = document_pb2.RenderDocumentRequest(event_id=event, format=SVG, profile="POS-5890")
        answer = await stub.RenderDocument(request)
        assert answer.media_type == "image/svg+xml"
        assert ET.fromstring(answer.content).attrib["width"] == "448"


async def test_a_closing_can_be_shown_too(tmp_path: Path) -> None:
    async with open_shop(tmp_path, running=False) as shop, served(desk_of(shop), tmp_path) as stub:
        closing = Closing(REGISTER, 3, "2026-11-18", 1_795_000_000_000, 7, Figures(), "anna", "2.4", bytes(32))
        entry = NewEntry(new_event_id(1), REGISTER, OWN, EventKind.CLOSING, encode_closing(closing))
        await shop.journal.append(entry)
        request = document_pb2.RenderDocumentRequest(event_id=entry.event_id, format=TEXT, columns=32)
        answer = await stub.RenderDocument(request)
        assert answer.title == "Z 3 kasse-1"
        assert "TAGESABSCHLUSS Z 3" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"event_id": bytes(16)}, "RECEIPT_NOT_RECORDED", "event_id"),
        ({"event_id": b"short"}, "RECEIPT_NOT_RECORDED", "event_id"),
        ({"format": 0}, "INVALID_VALUE", "format"),
        ({"format": 99}, "INVALID_VALUE", "format"),
        ({"columns": 31}, "INVALID_VALUE", "columns"),
        ({"columns": 49}, "INVALID_VALUE", "columns"),
        ({"columns": -1}, "INVALID_VALUE", "columns"),
        ({"profile": "TM-T1000"}, "INVALID_VALUE", "profile"),
    ],
)
async def test_what_cannot_be_shown_is_refused_by_name(
    tmp_path: Path, changes: dict[str, bytes | int | str], reason: str, field: str
) -> None:
    async with open_shop(tmp_path, running=False) as shop, served(desk_of(shop), tmp_path) as stub:
        event = await shop.sell(role="")
        request = document_pb2.RenderDocumentRequest(**{"event_id": event, "format": TEXT, **changes})  # type: ignore[arg-type]
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await stub.RenderDocument(request)
        error = error_from(failed.value)
        assert (error.reason, error.field) == (reason, field)


async def test_only_receipts_and_closings_have_a_picture(tmp_path: Path) -> None:
    async with open_shop(tmp_path, running=False) as shop:
        await shop.journal.append(NewEntry(bytes(16), "", OWN, EventKind.IDENTITY, b""))
        with pytest.raises(Refused, match="EVENT_NOT_PRINTABLE"):
            await desk_of(shop).render(bytes(16), Form.TEXT, profile_of_width(48))


async def test_without_the_shop_s_name_there_is_no_receipt(tmp_path: Path) -> None:
    async with open_shop(tmp_path, running=False) as shop:
        event = await shop.sell(role="")
        with pytest.raises(Refused, match="BRANCH_SETTINGS_MISSING"):
            await desk_of(shop, settings=None).render(event, Form.TEXT, profile_of_width(48))


async def test_a_picture_of_a_mile_of_paper_is_refused_and_its_text_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digital_module, "LONGEST_PNG", 100)
    async with open_shop(tmp_path, running=False) as shop:
        event, desk = await shop.sell(role=""), desk_of(shop)
        with pytest.raises(Refused, match="INVALID_VALUE"):
            await desk.render(event, Form.PNG, profile_of_width(48))
        assert (await desk.render(event, Form.TEXT, profile_of_width(48))).content


async def test_many_at_once_all_get_theirs(tmp_path: Path) -> None:
    async with open_shop(tmp_path, running=False) as shop:
        events = [await shop.sell(number, role="") for number in range(1, 6)]
        desk = desk_of(shop)
        made = await asyncio.gather(*(desk.render(event, Form.TEXT, profile_of_width(48)) for event in events))
        assert [rendered.title for rendered in made] == [f"K1-00000{number}" for number in range(1, 6)]
