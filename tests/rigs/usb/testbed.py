"""The test's end of the stage: plug devices in, break them, look at what they got.

Only for processes that have umockdev's library preloaded; `inside.py` sees to that.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import time
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from tests.rigs.patience import line_of
from tests.rigs.usb.descriptors import PACKET

HOUSE: Final = Path(__file__).resolve().parents[3]
DISTRIBUTION_PYTHON: Final = "/usr/bin/python3"
PRELOAD: Final = "libumockdev-preload.so.0"
WRAPPER: Final = "umockdev-wrapper"
_TRIAL: Final = "import gi; gi.require_version('UMockdev', '1.0'); from gi.repository import UMockdev"
LOOK_S: Final = 0.005
"""How often the observer looks at a device; nothing under test waits for it."""


@cache
def missing() -> str | None:
    """Why USB cannot be played on this machine, None when it can."""
    if shutil.which(WRAPPER) is None or not Path(DISTRIBUTION_PYTHON).exists():
        return "umockdev is not installed (apt: umockdev gir1.2-umockdev-1.0 python3-gi libusb-1.0-0)"
    tried = subprocess.run([DISTRIBUTION_PYTHON, "-c", _TRIAL], capture_output=True, text=True, check=False)
    return None if tried.returncode == 0 else f"umockdev has no bindings: {tried.stderr.strip().splitlines()[-1]}"


class Testbed:
    """A machine's USB ports and one serial port, empty at first."""

    __test__ = False

    def __enter__(self) -> Testbed:
        environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
        self._stage = subprocess.Popen(
            [WRAPPER, DISTRIBUTION_PYTHON, "-m", "tests.rigs.usb.stage"],
            cwd=HOUSE,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.root = Path(self._answer()["root"])
        os.environ["UMOCKDEV_DIR"] = str(self.root)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del os.environ["UMOCKDEV_DIR"]
        assert self._stage.stdin is not None
        assert self._stage.stdout is not None
        self._stage.stdin.close()
        self._stage.wait(10)
        self._stage.stdout.close()
        shutil.rmtree(self.root, ignore_errors=True)  # umockdev leaves it to its user

    def order(self, do: str, **details: Any) -> dict[str, Any]:
        """Give the stage an order; see `Stage` for what there is."""
        assert self._stage.stdin is not None
        self._stage.stdin.write(json.dumps({"do": do, **details}) + "\n")
        self._stage.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(line_of(self._stage))
        return answer

    def plug(self, printer: dict[str, Any] | None = None, **device: Any) -> PluggedPrinter:
        """Plug a printer in: `printer` are fields of FakePrinter, `device` those of Plug."""
        self.order("plug", fields=printer or {}, **device)
        return PluggedPrinter(self, device.get("port", "1-1"))


class PluggedPrinter:
    """A printer on the stage, by its port."""

    def __init__(self, testbed: Testbed, port: str) -> None:
        self._testbed, self._port = testbed, port

    def order(self, do: str, **details: Any) -> dict[str, Any]:
        """An order that concerns this printer."""
        return self._testbed.order(do, port=self._port, **details)

    def fault(self, **faults: Any) -> None:
        """Break it; fields of Faults."""
        self.order("fault", **faults)

    def say(self, data: bytes) -> None:
        """Let it send bytes; it drops what the host does not fetch in time."""
        self.order("say", data=data.hex())

    def say_slowly(self, data: bytes) -> None:
        """Let it send bytes, a packet whenever the host has fetched the one before."""
        for start in range(0, len(data), PACKET):
            self.say(data[start : start + PACKET])
            while self.state()["unread"]:
                time.sleep(LOOK_S)

    def state(self) -> dict[str, Any]:
        """What was done to it."""
        return self.order("state")

    def received(self) -> bytes:
        """Every byte it took."""
        return bytes.fromhex(self.state()["received"])

    def paper(self) -> bytes:
        """What it printed."""
        return bytes.fromhex(self.state()["paper"])

    async def hear(self, count: int) -> bytes:
        """Wait until it has taken so many bytes."""
        while True:
            heard = self.received()
            if len(heard) >= count:
                return heard[:count]
            await asyncio.sleep(LOOK_S)
