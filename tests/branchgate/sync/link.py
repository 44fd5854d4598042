"""One sync stream as two queues, so that a test decides which message arrives, and which is lost when the line breaks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from branchgate.errors import TryAgain
from branchgate.sync.client import ReplicaSink, SyncClient
from branchgate.sync.pages import make_page
from branchgate.sync.server import Rejection, SyncServer
from branchgate.sync.source import FeedSource
from branchgate.sync.timing import Instant
from branchgate.v1 import catalogue_pb2, sync_pb2

WINDOW = 64 * 1024


class Link:
    """A stream between a source and a sink, opened again whenever it has ended."""

    def __init__(self, source: Callable[[], FeedSource], sink: Callable[[], ReplicaSink], window: int = WINDOW) -> None:
        self._source = source
        self._sink = sink
        self._window = window
        self.now = Instant(0, 0)
        self.rejections: list[Rejection] = []
        self.down: deque[bytes] = deque()
        self.up: deque[sync_pb2.SyncRequest] = deque()
        self.bytes_down = 0
        self.reconnect()

    def reconnect(self) -> None:
        """The line breaks: what is under way is lost, either end forgets its session, the reader opens anew."""
        self.down.clear()
        self.up.clear()
        self.server = SyncServer(self._source().filter_hash, self.rejections.append)
        self.client = SyncClient(self._sink(), window_bytes=self._window)
        self.up.append(self.client.open())

    def request_arrives(self) -> bool:
        if not self.up:
            return False
        self.server.received(self.up.popleft())
        return True

    def page_is_read(self) -> bool:
        wanted = self.server.next_read()
        if wanted is None:
            return False
        try:
            page = make_page(self._source(), wanted)
        except TryAgain:
            # A gateway that was never filled ends the stream; the reader dials again later.
            self.reconnect()
            return False
        sent = self.server.page(page, self.now)
        self.down.extend(sent)
        self.bytes_down += sum(map(len, sent))
        return True

    def response_arrives(self) -> bool:
        if not self.down:
            return False
        self.up.extend(self.client.received(sync_pb2.SyncResponse.FromString(self.down.popleft())))
        if self.client.finished:
            self.reconnect()
        return True

    def step(self) -> bool:
        """Whatever can happen next; False when all is quiet."""
        return self.request_arrives() or self.page_is_read() or self.response_arrives()

    def settle(self) -> None:
        self.server.changed()
        while self.step():
            pass


def article(number: str, *, price: int = 100_000, vat_key: int = 1, name: str = "Apfel") -> bytes:
    return catalogue_pb2.Article(
        article_number=number, name=name, unit_price=price, vat_key=vat_key, vat_rate_basis_points=1900, unit="Stk"
    ).SerializeToString()
