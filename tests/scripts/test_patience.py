"""A test that would wait for ever fails, says where it waited, and the next one runs in the same process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rigs.patience import line_of, patient, until

ROOT = Path(__file__).resolve().parents[2]

WAITS = """
import asyncio, os, pytest
from hypothesis import given, settings, strategies

pytestmark = pytest.mark.timeout(0.6)

async def test_that_waits():
    await asyncio.Event().wait()  # here

@settings(deadline=None, database=None)
@given(strategies.none())
async def test_with_examples_that_waits(nothing):
    await asyncio.Event().wait()  # there

class TestInAClass:
    async def test_that_does_not_wait(self, tmp_path):
        await asyncio.sleep(0)

def test_that_is_no_coroutine():
    pass
"""


def test_a_test_that_waits_for_ever_fails_alone(tmp_path: Path) -> None:
    tmp_path.joinpath("test_waits.py").write_text(WAITS, encoding="utf-8")
    command = (sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", ".", "-p", "tests.rigs.patience")
    # Without pytest-timeout, which would be quicker on a busy machine with so short a time.
    options = ("-p", "no:timeout", "-o", "asyncio_mode=auto", "-p", "no:cacheprovider")
    ended = subprocess.run(
        (*command, *options, "test_waits.py"),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "2 failed, 2 passed" in ended.stdout, ended.stdout
    assert "the end of a test that may take 0.5 s" in ended.stdout
    assert ">       await asyncio.Event().wait()  # here" in ended.stdout
    assert ended.returncode == 1


async def test_what_is_waited_for_in_vain_is_named() -> None:
    with pytest.raises(AssertionError, match="a bird, and there is only a cat"):
        async with patient(lambda: "a bird, and there is only a cat", 0.01):
            await until(lambda: False, "never")


async def test_a_timeout_of_the_block_s_own_stays_what_it_is() -> None:
    with pytest.raises(TimeoutError, match="the printer"):
        async with patient("never"):
            raise TimeoutError("the printer")


def test_a_process_that_says_nothing_is_not_waited_for() -> None:
    with subprocess.Popen(["sleep", "60"], stdout=subprocess.PIPE) as silent:
        with pytest.raises(AssertionError, match="said nothing"):
            line_of(silent, 0.05)
        assert silent.wait() == -signal.SIGKILL
