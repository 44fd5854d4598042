"""A gateway to be killed: parks, resumes and pays as fast as it can, and writes each answer it got to its standard output."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from branchgate.ids import uuid7
from branchgate.receipts.codec import encode_receipt
from gateway.recording import EventToRecord
from tests.gateway.branch import NOW_MS
from tests.gateway.parked.shop import Shop, open_parked_shop, paid, parked_receipt, request

UNDER_WAY = 8


async def lives(shop: Shop, number: int) -> None:
    """One parked receipt from beginning to end, at a register of its own so that nobody waits for another's numbers."""
    parked, register = parked_receipt(number), f"k{number}"
    await shop.desk.park(request(number), register, "anna", parked)
    told("parked", number)
    await shop.desk.resume(parked.parked_id, register, "anna")
    told("resumed", number)
    event = EventToRecord(uuid7(NOW_MS, number), 1, 1, encode_receipt(paid(parked)))
    recorded = await shop.branch.recorder.record(register, [event])
    assert recorded.settled_register_sequence == 1
    told("paid", number)


def told(what: str, number: int) -> None:
    os.write(1, f"{what} {number}\n".encode("ascii"))


async def main(folder: Path, first: int) -> None:
    async with open_parked_shop(folder) as shop:
        while True:
            await asyncio.gather(*(lives(shop, number) for number in range(first, first + UNDER_WAY)))
            first += UNDER_WAY


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
