"""A till as a process: opened on a data folder, run by a script or by a person, ended by end of input, SIGTERM or Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from branchgate.clock import SystemClock
from branchgate.errors.texts import Language
from branchgate.logs import set_up_logs
from branchgate.register.client import RegisterClient
from branchgate.register.log_file import log_into
from branchgate.register.till.lines import lines_of
from branchgate.register.till.script import Script
from branchgate.register.till.terminal import Terminal
from branchgate.register.till.till import Till


async def run_till(folder: Path, *, script: bool, user_id: str, user_name: str, language: Language) -> None:
    """Runs until the input ends or the process is told to stop. Raises Refused (NOT_PAIRED, FOLDER_IN_USE)."""
    clock = SystemClock()
    async with AsyncExitStack() as opened:
        if script:
            set_up_logs("json")
        else:
            opened.enter_context(log_into(folder))
        register = await opened.enter_async_context(RegisterClient(folder, clock=clock))
        till = Till(register, clock, user_id=user_id, user_name=user_name)
        await till.remember()
        lines = lines_of(sys.stdin.fileno())
        work = (
            Script(register, till, _say).run(lines, language)
            if script
            else Terminal(register, till, language).run(lines)
        )
        working = asyncio.create_task(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, working.cancel)
        try:
            await asyncio.wait({working})
            if not working.cancelled():
                working.result()
        finally:
            working.cancel()
            await till.close()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
