"""JournalService over a real connection: greeting, cumulative acknowledgements, broken streams, closing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest

from branchgate.chain import EVENT_ID_BYTES
from branchgate.errors import Refused
from branchgate.receipts.basket import reversal_of
from branchgate.receipts.codec import decode_receipt
from branchgate.receipts.model import Reference
from branchgate.v1 import event_pb2, journal_pb2, journal_pb2_grpc
from gateway.journal.incidents import incidents
from gateway.journal.recovery import go_on_if_shortened
from gateway.recording import EventToRecord
from gateway.recording.finding import ReceiptFinder
from gateway.recording.witness import Witnesses
from gateway.rpc.journal import JournalServicer
from tests.gateway.branch import NOW_MS, Branch, event_id, open_branch, sale
from tests.gateway.recording.test_references import findings, header, returned, sold

Call = grpc.aio.StreamStreamCall[Any, Any]


@dataclass
class Served:
    branch: Branch
    stub: Any
    closing: asyncio.Event
    held: list[tuple[str, int]]


def register_in_metadata(context: grpc.aio.ServicerContext[Any, Any]) -> str:
    return str(dict(context.invocation_metadata() or ())["register"])


class Numbers:
    """Stands in for the sales store: every number is that of the first entry, but one."""

    async def numbered(self, receipt_number: str, _through: int) -> int | None:
        return None if receipt_number == "K1-000777" else 1


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with open_branch(tmp_path) as branch:
        closing, held = asyncio.Event(), list[tuple[str, int]]()
        servicer = JournalServicer(
            branch.recorder,
            branch.reader,
            ReceiptFinder(branch.reader, Numbers()),
            closing=closing,
            central_sequence=lambda register_id: 40 if register_id == "k1" and not held else 0,
            hold=lambda register_id, through: held.append((register_id, through)),
            register_of=register_in_metadata,
            witnesses=Witnesses(branch.journal, branch.reader.connection, branch.clock),
            follow_id=branch.journal.follow_id,
        )
        server = grpc.aio.server()
        journal_pb2_grpc.add_JournalServiceServicer_to_server(servicer, server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
        yield Served(branch, journal_pb2_grpc.JournalServiceStub(channel), closing, held)
        closing.set()
        await channel.close()
        await server.stop(1)


def opened(served: Served, register_id: str = "k1") -> Call:
    call: Call = served.stub.Record(metadata=(("register", register_id),))
    return call


def request(events: Sequence[EventToRecord], oldest_held: int = 0) -> journal_pb2.RecordRequest:
    made = journal_pb2.RecordRequest(oldest_held_register_sequence=oldest_held)
    for event in events:
        made.events.add(
            event=event_pb2.Event(
                event_id=event.event_id,
                register_sequence=event.register_sequence,
                kind=event_pb2.EventKind.ValueType(event.kind),
                body=event.body,
            )
        )
    return made


async def answer(call: Call) -> journal_pb2.RecordResponse:
    response = await call.read()
    assert isinstance(response, journal_pb2.RecordResponse)
    return response


async def until_settled(call: Call, sequence: int) -> list[journal_pb2.RecordResponse]:
    responses = []
    while True:
        response = await answer(call)
        responses.append(response)
        if response.settled_register_sequence >= sequence:
            return responses


async def test_the_greeting_comes_before_any_event(served: Served) -> None:
    call = opened(served)
    response = await answer(call)
    assert response.greeting.journal_id == served.branch.journal.journal_id
    assert len(response.greeting.journal_id) == EVENT_ID_BYTES
    greeting = response.greeting
    assert (greeting.next_register_sequence, greeting.next_running_number, greeting.next_z_number) == (1, 1, 1)
    assert (greeting.gateway_time_ms, response.central_register_sequence) == (NOW_MS, 40)
    await call.done_writing()
    assert await call.read() is grpc.aio.EOF
    assert await call.code() is grpc.StatusCode.OK


async def test_many_messages_are_read_ahead_and_acknowledged_cumulatively(served: Served) -> None:
    call = opened(served)
    await call.read()
    for sequence in range(1, 101):
        await call.write(request([sale(sequence)]))
    responses = await until_settled(call, 100)
    settled = [response.settled_register_sequence for response in responses]
    assert settled == sorted(settled)
    assert len(responses) <= 100
    assert all(not response.HasField("greeting") and not response.HasField("try_again") for response in responses)
    await call.done_writing()
    assert await call.read() is grpc.aio.EOF
    assert served.branch.reader.head() == 100


async def test_findings_refusals_and_gaps_are_told_by_event(served: Served) -> None:
    call = opened(served)
    await call.read()
    broken = sale(1, total_cents=1)
    garbage = EventToRecord(sale(2).event_id, 2, 1, b"\xff")
    await call.write(request([broken, garbage, sale(5)]))
    response = await answer(call)
    assert response.settled_register_sequence == 2
    assert [found.event_id for found in response.findings] == [broken.event_id]
    assert response.findings[0].findings[0].field == "total_cents"
    assert (response.refused[0].register_sequence, response.refused[0].reason) == (2, "RECEIPT_UNREADABLE")
    assert "abgelehnt" in response.refused[0].text
    assert response.try_again.reason == "SEQUENCE_GAP"
    call.cancel()


async def test_a_stream_killed_in_the_middle_is_taken_up_where_the_gateway_stands(served: Served) -> None:
    call = opened(served)
    await call.read()
    for sequence in range(1, 41):
        await call.write(request([sale(sequence)]))
    acknowledged = (await until_settled(call, 5))[-1].settled_register_sequence
    call.cancel()

    again = opened(served)
    settled = (await answer(again)).settled_register_sequence
    assert settled >= acknowledged
    await again.write(request([sale(sequence) for sequence in range(acknowledged + 1, 61)]))
    await until_settled(again, 60)
    again.cancel()
    entries = served.branch.reader.read(0, 1000)
    assert [entry.register_sequence for entry in entries] == list(range(1, 61))


async def test_what_comes_late_is_held_from_the_very_answer_on(served: Served) -> None:
    call = opened(served)
    await call.read()
    await call.write(request([sale(1), sale(2)]))
    assert (await until_settled(call, 2))[-1].central_register_sequence == 40
    await call.write(request([sale(1)._replace(body=sale(3).body)]))
    response = await answer(call)
    assert response.findings[0].findings[0].reason == "EVENT_CONFLICT"
    assert (served.held, response.central_register_sequence) == ([("k1", 3)], 0)
    call.cancel()


async def test_a_register_that_no_longer_holds_what_is_missing_is_not_asked_for_it(served: Served) -> None:
    call = opened(served)
    await call.read()
    await call.write(request([sale(41), sale(42)], oldest_held=41))
    await until_settled(call, 42)
    call.cancel()
    assert [entry.register_sequence for entry in served.branch.reader.read(0, 10)] == [0, 41, 0, 42]


async def test_an_empty_request_is_answered_with_how_things_stand(served: Served) -> None:
    call = opened(served)
    await call.read()
    await call.write(request([]))
    response = await answer(call)
    assert (response.settled_register_sequence, response.central_register_sequence) == (0, 40)
    call.cancel()


async def test_closing_answers_what_is_under_way_and_ends_the_stream(served: Served) -> None:
    call = opened(served)
    await call.read()
    await call.write(request([sale(1)]))
    await until_settled(call, 1)
    served.closing.set()
    last = await answer(call)
    assert (last.settled_register_sequence, last.try_again.reason) == (1, "CLOSING_DOWN")
    assert await call.read() is grpc.aio.EOF
    assert await call.code() is grpc.StatusCode.OK


async def test_what_became_of_an_event_can_be_asked(served: Served) -> None:
    broken = sale(1, total_cents=1)
    await served.branch.recorder.record("k1", [broken])
    metadata = (("register", "k1"),)
    known = await served.stub.LookUpEvent(journal_pb2.LookUpEventRequest(event_id=broken.event_id), metadata=metadata)
    assert (known.recorded, known.journal_sequence, len(known.body_sha256)) == (True, 1, 32)
    assert known.findings[0].reason == "RECEIPT_SUM_MISMATCH"
    unknown = await served.stub.LookUpEvent(journal_pb2.LookUpEventRequest(event_id=b"?" * 16), metadata=metadata)
    assert not unknown.recorded


async def test_an_impossible_number_ends_the_stream_after_what_came_before_is_acknowledged(served: Served) -> None:
    call = opened(served)
    await call.read()
    await call.write(request([sale(1)]))
    await call.write(request([EventToRecord(b"x" * 16, 0, 1, b"")]))
    await until_settled(call, 1)
    # The interceptor that turns a refusal into its status is not part of this server.
    assert await call.code() is grpc.StatusCode.UNKNOWN
    assert served.branch.reader.head() == 1


async def test_streams_end_when_the_journal_goes_on_under_another_id(served: Served) -> None:
    """Registers on an open stream were never greeted again: they would forget what central has, and were not asked what they hold."""
    call = opened(served)
    old = (await answer(call)).greeting.journal_id
    await call.write(request([sale(1)]))
    await until_settled(call, 1)
    await go_on_if_shortened(served.branch.journal, {"central": 99}, NOW_MS)
    assert await call.read() is grpc.aio.EOF
    again = opened(served)
    assert (await answer(again)).greeting.journal_id == served.branch.journal.journal_id != old
    again.cancel()


@pytest.mark.parametrize(("settled", "shortened"), [(1, False), (5, True)])
async def test_a_register_that_was_told_more_than_the_journal_holds_is_a_witness(
    served: Served, settled: int, shortened: bool
) -> None:
    call = opened(served)
    old = (await answer(call)).greeting.journal_id
    await call.write(request([sale(1)]))
    await until_settled(call, 1)
    call.cancel()
    later = opened(served)
    await answer(later)
    first = request([sale(1)])
    first.known_journal_id, first.settled_register_sequence = old, settled
    await later.write(first)
    assert (await answer(later)).settled_register_sequence == 1
    if shortened:
        assert await later.read() is grpc.aio.EOF
    else:
        later.cancel()
    found = [(one.witness, one.through) for one in incidents(served.branch.reader.connection)]
    assert found == ([("k1", 5)] if shortened else [])
    assert (served.branch.journal.journal_id != old) is shortened


async def test_a_receipt_is_found_by_its_number_with_what_stands_on_it(served: Served) -> None:
    """A return that was voided has given back what it took: nobody is told of it any more."""
    sold_receipt = sold(1)
    back = returned(2, sold_receipt, Reference("k1", "K1-000001", event_id(1)))
    await findings(served.branch, sold_receipt, back)
    found = await served.stub.FindReceipt(journal_pb2.FindReceiptRequest(receipt_number="K1-000001"))
    assert (found.receipt.event_id, found.receipt.register_id) == (event_id(1), "k1")
    assert decode_receipt(found.receipt.body) == sold_receipt
    assert [decode_receipt(each.body) for each in found.referring] == [back]
    await findings(served.branch, reversal_of(back, header(3), "k1", event_id(2)))
    found = await served.stub.FindReceipt(journal_pb2.FindReceiptRequest(receipt_number="K1-000001"))
    assert list(found.referring) == []


@pytest.mark.parametrize("number", ["", "K1-000777"])
async def test_a_number_of_no_receipt_is_not_found(served: Served, number: str) -> None:
    with pytest.raises(Refused, match="NOT_FOUND"):
        await ReceiptFinder(served.branch.reader, Numbers()).find(number)
