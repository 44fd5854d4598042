"""ArchiveService: closed months as files, over the owner-only socket."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from branchgate.v1 import archive_pb2, archive_pb2_grpc
from branchgate.wire.callers import Context
from gateway.archive.desk import ArchiveDesk
from gateway.archive.order import Archived, ArchiveOrder, Progress, Step


class ArchiveServicer(archive_pb2_grpc.ArchiveServiceServicer):
    """Translates; the desk's child does the work."""

    def __init__(self, desk: ArchiveDesk) -> None:
        self._desk = desk

    async def ArchiveMonths(
        self, request: archive_pb2.ArchiveMonthsRequest, context: Context
    ) -> AsyncIterator[archive_pb2.ArchiveMonthsResponse]:
        del context
        order = ArchiveOrder(request.month, request.until, request.folder)
        async with contextlib.aclosing(self._desk.archive(order)) as steps:
            async for step in steps:
                yield archive_message(step)


def archive_message(step: Step) -> archive_pb2.ArchiveMonthsResponse:
    """A step as a message."""
    match step:
        case Progress():
            progress = archive_pb2.ArchiveProgress(month=step.month, stage=step.stage, done=step.done, total=step.total)
            return archive_pb2.ArchiveMonthsResponse(progress=progress)
        case Archived():
            archived = archive_pb2.ArchivedMonth(
                month=step.month,
                folder=step.folder,
                first_journal_sequence=step.first,
                last_journal_sequence=step.last,
                chain_hash=bytes.fromhex(step.last_hash),
                size_bytes=step.size_bytes,
            )
            return archive_pb2.ArchiveMonthsResponse(archived=archived)
