"""ExportService: exports for the tax authority, over the owner-only socket."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from branchgate.errors.texts import sentence_for
from branchgate.v1 import export_pb2, export_pb2_grpc
from branchgate.wire.callers import Context
from gateway.dsfinvk.desk import ExportDesk, Step
from gateway.dsfinvk.order import ExportOrder, Note, Progress, Summary


class ExportServicer(export_pb2_grpc.ExportServiceServicer):
    """Translates; the desk's child does the work."""

    def __init__(self, desk: ExportDesk) -> None:
        self._desk = desk

    async def ExportDsfinvk(
        self, request: export_pb2.ExportDsfinvkRequest, context: Context
    ) -> AsyncIterator[export_pb2.ExportDsfinvkResponse]:
        del context
        order = ExportOrder(request.from_day, request.to_day, request.register_id, request.preview, request.dtd)
        async with contextlib.aclosing(self._desk.export(order)) as steps:
            async for step in steps:
                yield response(step)


def response(step: Step) -> export_pb2.ExportDsfinvkResponse:
    """A step as a message."""
    match step:
        case Progress():
            progress = export_pb2.ExportProgress(stage=step.stage, done=step.done, total=step.total)
            return export_pb2.ExportDsfinvkResponse(progress=progress)
        case Summary():
            return export_pb2.ExportDsfinvkResponse(summary=_summary(step))
        case _:
            return export_pb2.ExportDsfinvkResponse(content=step)


def _summary(summary: Summary) -> export_pb2.ExportSummary:
    return export_pb2.ExportSummary(
        file_name=summary.file_name,
        size_bytes=summary.size_bytes,
        sha256=summary.sha256,
        closings=summary.closings,
        receipts=summary.receipts,
        lines=summary.lines,
        open_periods=summary.open_periods,
        notes=[_note(note) for note in summary.notes],
    )


def _note(note: Note) -> export_pb2.ExportNote:
    filled = {"field": note.place, "value": str(note.count), "rule": note.example}
    return export_pb2.ExportNote(
        reason=note.reason,
        place=note.place,
        count=note.count,
        example=note.example,
        text_de=sentence_for(note.reason, "de", **filled),
        text_en=sentence_for(note.reason, "en", **filled),
    )
