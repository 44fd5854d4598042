"""A WAN that can go dark: a TCP proxy that, when cut, swallows bytes both ways without closing anything.

That is what a dead router looks like to both ends: connections stay open and nothing arrives, new ones are accepted and stay mute.
After `restore` connections that lived through the cut are reset, as a router that lost its tables would do. No root is needed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

CHUNK = 64 * 1024


@dataclass(eq=False)
class _Passage:
    """One proxied connection: both ends and the tasks that carry bytes."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter | None = None
    saw_darkness: bool = False
    carriers: list[asyncio.Task[None]] = field(default_factory=list)

    def reset(self) -> None:
        """Breaks both ends without a goodbye."""
        for writer in (self.near, self.far):
            if writer is not None:
                writer.transport.abort()


class Wan:
    """`async with Wan("127.0.0.1", port) as wan:` listens on `wan.address` and carries bytes to the target while lit."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._passages: set[_Passage] = set()
        self._dark = False
        self.swallowed_bytes = 0

    @property
    def address(self) -> str:
        """host:port to dial instead of the target."""
        if self._server is None:
            raise RuntimeError("the WAN is not open")
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"{host}:{port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for passage in list(self._passages):
            passage.reset()
        carriers = [carrier for passage in self._passages for carrier in passage.carriers]
        for carrier in carriers:
            carrier.cancel()
        await asyncio.gather(*carriers, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    def cut(self) -> None:
        """Goes dark: nothing closes, nothing arrives."""
        self._dark = True
        for passage in self._passages:
            passage.saw_darkness = True

    def restore(self) -> None:
        """Lights up again; connections that saw the darkness are reset."""
        self._dark = False
        for passage in [passage for passage in self._passages if passage.saw_darkness]:
            passage.reset()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passage = _Passage(writer, saw_darkness=self._dark)
        self._passages.add(passage)
        try:
            if self._dark:
                await self._swallow(reader)
                return
            far_reader, passage.far = await asyncio.open_connection(*self._target)
            passage.carriers = [
                asyncio.create_task(self._carry(reader, passage.far)),
                asyncio.create_task(self._carry(far_reader, writer)),
            ]
            await asyncio.wait(passage.carriers, return_when=asyncio.FIRST_COMPLETED)
        except OSError:
            # The target is not there: the near end learns it by the reset below, as over a real line.
            return
        finally:
            for carrier in passage.carriers:
                carrier.cancel()
            passage.reset()
            self._passages.discard(passage)

    async def _swallow(self, reader: asyncio.StreamReader) -> None:
        while data := await _read(reader):
            self.swallowed_bytes += len(data)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await _read(reader):
            if self._dark:
                self.swallowed_bytes += len(data)
                continue
            writer.write(data)
            try:
                await writer.drain()
            except ConnectionError:
                return


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(CHUNK)
    except ConnectionError:
        return b""
