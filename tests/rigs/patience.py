"""Waiting that comes to an end with a reason, as a failed test among others.

A test that waits for ever is ended by pytest-timeout, which takes its whole process with it and tells little. So every wait of a test's own
has a bound and a name (`patient`, `until`), and every asynchronous test as a whole is cancelled where it stands, a little before that.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager
from typing import Any, AnyStr, Final

import pytest

SOON_S: Final = 30.0
"""Long for anything that one test waits for, on a machine that is busy with others."""
SHARE: Final = 5 / 6
"""Of pytest-timeout's limit; in the rest of it fixtures and rigs still have to clean up."""
PACE_S: Final = 0.01

Test = Callable[..., Coroutine[Any, Any, None]]


@asynccontextmanager
async def patient(wanted: Callable[[], str] | str, within_s: float = SOON_S) -> AsyncIterator[None]:
    """The block ends within so many seconds, or fails and says what was wanted."""
    try:
        async with asyncio.timeout(within_s) as bound:
            yield
    except TimeoutError as late:
        if not bound.expired():
            raise
        raise AssertionError(f"not within {within_s:g} s: {wanted if isinstance(wanted, str) else wanted()}") from late


async def until(holds: Callable[[], bool], wanted: Callable[[], str] | str) -> None:
    """Looks again and again: for what tells nobody when it changes, such as a file that another process writes."""
    async with patient(wanted):
        while not holds():
            await observed()


def line_of(process: subprocess.Popen[AnyStr], within_s: float = SOON_S) -> AnyStr:
    """The next line of its standard output; a process that says none is killed, for a test without an event loop cannot be cancelled."""
    assert process.stdout is not None
    patience = threading.Timer(within_s, process.kill)
    patience.start()
    try:
        line = process.stdout.readline()
    finally:
        patience.cancel()
    assert line, f"the process ended, or said nothing for {within_s:g} s"
    return line


async def observed() -> None:
    """The observer's pace between two looks; nothing under test waits for it."""
    await asyncio.sleep(PACE_S)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Bound a test that is a coroutine, or by hypothesis as many as it has examples."""
    if not isinstance(item, pytest.Function):
        return (yield)
    by_hypothesis = getattr(item.obj, "hypothesis", None)
    owner, name = (item, "obj") if by_hypothesis is None else (by_hypothesis, "inner_test")
    test, limit = getattr(owner, name), _limit(item)
    if not inspect.iscoroutinefunction(test) or not limit:
        return (yield)
    setattr(owner, name, _bounded(test, limit))
    try:
        return (yield)
    finally:
        setattr(owner, name, test)


def _limit(item: pytest.Item) -> float:
    """Seconds; 0: somebody switched the limit off, to debug."""
    if marker := item.get_closest_marker("timeout"):
        return SHARE * float(marker.args[0])
    option = item.config.getoption("timeout")
    return SHARE * float(item.config.getini("timeout") if option is None else option)


def _bounded(test: Test, limit: float) -> Test:
    """All examples together end in time: hypothesis tries a failed one again and again."""
    ends = time.monotonic() + limit

    @functools.wraps(test)
    async def bounded(*arguments: Any, **named: Any) -> None:
        async with patient(f"the end of a test that may take {limit:g} s", max(0.0, ends - time.monotonic())):
            await test(*arguments, **named)

    return bounded
