"""A gateway to be killed: records sales as fast as it can and writes each acknowledged number to its standard output."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import deque
from pathlib import Path

from gateway.recording import Recording
from tests.gateway.branch import open_branch, sale

UNDER_WAY = 32


async def main(folder: Path) -> None:
    async with open_branch(folder) as branch:
        sequence = branch.recorder.greeting("k1").settled_register_sequence
        under_way: deque[Recording] = deque()
        while True:
            while len(under_way) < UNDER_WAY:
                sequence += 1
                under_way.append(branch.recorder.begin("k1", [sale(sequence)]))
            recorded = await under_way.popleft().settled()
            os.write(1, f"{recorded.settled_register_sequence}\n".encode("ascii"))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
