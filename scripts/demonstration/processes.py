"""The demo's child processes: started, waited for by what they say, talked to in JSON lines, and never left behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

READY_WITHIN_S = 30
STOP_WITHIN_S = 15
ANSWER_WITHIN_S = 90

Message = dict[str, Any]


class DemoFailed(Exception):
    """The demo cannot go on; the text says which process said what."""


class Child:
    """One process of the demo. Its stdout is JSON lines, its stderr goes to a log file."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.process = process
        self.log = log
        self.ready: Message = {}

    async def messages(self) -> AsyncIterator[Message]:
        """JSON lines as they come, until the process closes its output."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            if line.strip().startswith(b"{"):
                yield json.loads(line)

    async def next_message(self, within_s: float = ANSWER_WITHIN_S) -> Message:
        """The next JSON line. Raises DemoFailed when the process ends or stays silent instead."""
        stream = self.messages()
        try:
            return await asyncio.wait_for(anext(stream), within_s)
        except StopAsyncIteration:
            await self.process.wait()
            raise DemoFailed(
                f"{self.name} ended with exit code {self.process.returncode}:\n{self.last_words()}"
            ) from None
        except TimeoutError:
            raise DemoFailed(f"{self.name} said nothing for {within_s:.0f} s:\n{self.last_words()}") from None
        finally:
            await stream.aclose()  # type: ignore[attr-defined]  # a generator, which the stubs call an iterator

    async def ask(self, question: Message) -> Message:
        """Sends one JSON line and returns the answer. Raises DemoFailed when the answer is an error."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(question, ensure_ascii=False).encode() + b"\n")
        await self.process.stdin.drain()
        answer = await self.next_message()
        if answer.get("error"):
            raise DemoFailed(f"{self.name} answered {answer['error']} to {question}")
        return answer

    def last_words(self, lines: int = 12) -> str:
        """The end of the log, for error messages."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    async def stop(self, within_s: float = STOP_WITHIN_S) -> int:
        """Asks the process to end and waits; kills it when it does not."""
        if self.process.returncode is None:
            self._signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self.process.wait(), within_s)
            except TimeoutError:
                self._signal(signal.SIGKILL)
        return await self.process.wait()

    async def kill(self) -> None:
        """SIGKILL, as a power cut would end it."""
        self._signal(signal.SIGKILL)
        await self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return


class Children:
    """All processes of the demo; leaving the block ends every one of them, last started first."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: list[Child] = []

    async def __aenter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in reversed(self._running):
            await child.stop()

    async def start(self, name: str, *arguments: str, stdin: bool = False, await_ready: bool = True) -> Child:
        """Starts `branchgate ARGUMENTS` in a process group of its own and waits for its ready line."""
        log = self._logs / f"{name}.log"
        with log.open("ab") as sink:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "branchgate",
                *arguments,
                stdin=asyncio.subprocess.PIPE if stdin else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=sink,
                start_new_session=True,
                limit=64 * 1024 * 1024,
            )
        child = Child(name, process, log)
        self._running.append(child)
        if await_ready:
            child.ready = await child.next_message(READY_WITHIN_S)
        return child

    async def run(self, name: str, *arguments: str) -> list[Message]:
        """Runs a command to its end and returns its JSON lines. Raises DemoFailed when its exit code is not 0."""
        child = await self.start(name, *arguments, await_ready=False)
        said = [message async for message in child.messages()]
        if await child.process.wait():
            raise DemoFailed(f"branchgate {' '.join(arguments)} failed:\n{_told(said)}\n{child.last_words()}")
        return said


def _told(said: list[Message]) -> str:
    """What a command that failed said last: its problems as sentences where it names some."""
    if not said:
        return ""
    problems = said[-1].get("problems")
    return "\n".join(f"{each['text_de']}\n{each['text_en']}" for each in problems) if problems else str(said[-1])
