"""DocumentService: recorded receipts and closings as pictures and text."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from branchgate.errors import Refused
from branchgate.v1 import document_pb2, document_pb2_grpc
from branchgate.wire.callers import Context
from drivers.escpos.profile import PrinterProfile
from gateway.printing.digital import DigitalDesk, Form, profile_named, profile_of_width

_FORMS: Final = MappingProxyType(
    {
        document_pb2.DOCUMENT_FORMAT_PNG: Form.PNG,
        document_pb2.DOCUMENT_FORMAT_SVG: Form.SVG,
        document_pb2.DOCUMENT_FORMAT_TEXT: Form.TEXT,
    }
)


class DocumentServicer(document_pb2_grpc.DocumentServiceServicer):
    """Serves registers of the branch and operators."""

    def __init__(self, desk: DigitalDesk) -> None:
        self._desk = desk

    async def RenderDocument(
        self, request: document_pb2.RenderDocumentRequest, context: Context
    ) -> document_pb2.RenderDocumentResponse:
        del context
        rendered = await self._desk.render(request.event_id, _form(request.format), _profile(request))
        return document_pb2.RenderDocumentResponse(
            content=rendered.content, media_type=rendered.media_type, title=rendered.title
        )


def _form(number: document_pb2.DocumentFormat.ValueType) -> Form:
    form = _FORMS.get(number)
    if form is None:
        raise Refused("INVALID_VALUE", field="format", value=number, rule=", ".join(Form))
    return form


def _profile(request: document_pb2.RenderDocumentRequest) -> PrinterProfile:
    if request.WhichOneof("paper") == "profile":
        return profile_named(request.profile)
    return profile_of_width(request.columns)
