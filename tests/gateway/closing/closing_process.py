"""A branch to be killed: sells, counts and closes as fast as it can, and writes what was acknowledged to its standard output."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path

from branchgate.numbers import NumberRange
from gateway.journal import JournalReader
from gateway.recording.states import read_state
from tests.gateway.branch import NOW_MS
from tests.gateway.closing.shop import closed, open_shop
from tests.gateway.sales.samples import sample_receipt

RANGE = NumberRange("K1-", 6)
REGISTER = "kasse-1"


async def main(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    async with open_shop(folder, numbers=RANGE, registers=[REGISTER]) as shop:
        reader: JournalReader = shop.branch.reader
        state = read_state(reader.connection, REGISTER)
        shop.resume({REGISTER: state.register_sequence}, reader.head() + seed * 1_000_000)
        request, running = seed * 1_000_000, state.running_number
        while True:
            for _ in range(chance.randint(0, 3)):
                running += 1
                await shop.sell(REGISTER, sample_receipt(running, NOW_MS, chance.randint(1, 5_000)))
                _tell(f"sold {running}")
            request += 1
            if chance.random() < 0.6:
                counted = await shop.count(request, REGISTER, chance.randint(0, 20_000))
                _tell(f"counted {counted.event_id.hex()}")
            else:
                for step in closed(await shop.close(request, REGISTER, carry_float=True)):
                    _tell(f"closed {step.event_id.hex()}")


def _tell(line: str) -> None:
    os.write(1, f"{line}\n".encode("ascii"))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
