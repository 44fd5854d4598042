"""The load generator: registers in a process of their own that send receipts over mTLS and note when each was acknowledged.

Order and report are JSON. Messages are encoded before the clock starts. In a closed loop (`in_flight`) each register keeps so many
messages under way; paced (`every_ms`), each sends one message so often, whatever the answers do.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import resource
import secrets
import sys
import time
from typing import Any

import grpc.aio

from branchgate.ids import uuid7
from branchgate.numbers import NumberRange
from branchgate.v1 import event_pb2, journal_pb2
from branchgate.wire.options import LAN
from branchgate.wire.tls import ClientCertificate, open_channel
from scripts.benchmark.figures import percentile
from tests.rigs.receipts import Receipts

_RECORD = "/branchgate.v1.JournalService/Record"


class Register:
    """One stream of receipts."""

    def __init__(self, order: dict[str, Any], batch: int) -> None:
        self._order = order
        self._batch = batch
        self._messages: list[bytes] = []
        self.sent_at: list[float] = []
        self.taken_ms: list[float] = []
        self.remarks = 0
        self._channel = channel_of(order)

    async def greet(self, receipts: Receipts, messages: int, print_role: str) -> None:
        """Opens the stream and makes everything that will be sent."""
        record: Any = self._channel.stream_stream(_RECORD, response_deserializer=journal_pb2.RecordResponse.FromString)
        self._call: Any = record()
        greeting = (await self._call.read()).greeting
        self._settled = self._first = greeting.next_register_sequence - 1
        numbers = NumberRange(self._order["prefix"], self._order["digits"])
        bodies = receipts.bodies(numbers, greeting.next_running_number)
        sequences = itertools.count(greeting.next_register_sequence)
        now_ms = time.time_ns() // 1_000_000
        for _ in range(messages):
            request = journal_pb2.RecordRequest()
            for body in itertools.islice(bodies, self._batch):
                event_id = uuid7(now_ms, _random_bits())
                event = event_pb2.Event(
                    event_id=event_id, register_sequence=next(sequences), kind=event_pb2.EVENT_KIND_RECEIPT, body=body
                )
                wish = journal_pb2.PrintWish(role=print_role, within_ms=60_000) if print_role else None
                request.events.append(journal_pb2.EventToRecord(event=event, print=wish))
            self._messages.append(request.SerializeToString())

    async def keep_in_flight(self, count: int) -> None:
        """Sends the next message for each that was acknowledged."""
        under_way = 0
        while len(self.taken_ms) < len(self._messages):
            while under_way < count and len(self.sent_at) < len(self._messages):
                await self._send()
                under_way += 1
            under_way -= await self._receive()

    async def keep_pace(self, every_ms: float, delay_ms: float) -> None:
        """Sends one message every so often, reading answers as they come."""
        reading = asyncio.create_task(self._receive_all())
        began = time.perf_counter() + delay_ms / 1000
        for index in range(len(self._messages)):
            await asyncio.sleep(began + index * every_ms / 1000 - time.perf_counter())
            await self._send()
        await reading

    async def close(self) -> None:
        """Ends the stream."""
        self._call.cancel()
        await self._channel.close()

    async def _send(self) -> None:
        message = self._messages[len(self.sent_at)]
        self.sent_at.append(time.perf_counter())
        await self._call.write(message)

    async def _receive_all(self) -> None:
        while len(self.taken_ms) < len(self._messages):
            await self._receive()

    async def _receive(self) -> int:
        """How many messages the next answer acknowledges."""
        response = await self._call.read()
        if response is grpc.aio.EOF:
            raise RuntimeError(f"the stream ended: {await self._call.details()}")
        self.remarks += len(response.findings) + len(response.refused) + response.HasField("try_again")
        now = time.perf_counter()
        before = len(self.taken_ms)
        through = (response.settled_register_sequence - self._first) // self._batch
        self.taken_ms += [(now - sent) * 1000 for sent in self.sent_at[before:through]]
        return len(self.taken_ms) - before


def _random_bits() -> int:
    return secrets.randbits(74)


def channel_of(register: dict[str, Any]) -> grpc.aio.Channel:
    """The channel of a register as the order describes it."""
    certificate = ClientCertificate(register["key_pem"].encode(), register["chain_pem"].encode())
    root_pem = register["root_pem"].encode()
    return open_channel(
        register["address"], LAN, root_pem=root_pem, server_name=register["server_name"], certificate=certificate
    )


async def load(order: dict[str, Any]) -> dict[str, Any]:
    """Runs the order and reports on it."""
    receipts = Receipts()
    registers = [Register(one, order["batch"]) for one in order["registers"]]
    for register in registers:
        await register.greet(receipts, order["messages"], order.get("print_role", ""))
    gc.collect()
    gc.disable()
    cpu = _cpu_seconds()
    began = time.perf_counter()
    every_ms = order.get("every_ms", 0)
    await asyncio.gather(
        *(
            register.keep_pace(every_ms, every_ms * index / len(registers))
            if every_ms
            else register.keep_in_flight(order["in_flight"])
            for index, register in enumerate(registers)
        )
    )
    seconds = time.perf_counter() - began
    report = _report(registers, seconds, len(registers) * order["messages"] * order["batch"])
    if order["tell_times"]:
        report["sent_at"] = [at for register in registers for at in register.sent_at]
    report["cpu_s"] = _cpu_seconds() - cpu
    await asyncio.gather(*(register.close() for register in registers))
    return report


def _report(registers: list[Register], seconds: float, events: int) -> dict[str, Any]:
    taken = [one for register in registers for one in register.taken_ms]
    return {
        "events": events,
        "seconds": seconds,
        "per_second": events / seconds,
        "p50_ms": percentile(taken, 0.5),
        "p99_ms": percentile(taken, 0.99),
        "max_ms": max(taken),
        "remarks": sum(register.remarks for register in registers),
    }


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(json.load(sys.stdin)))))
