"""Our scale drivers on scales written by others: emupos' 8217 and SMA over ptys, with its control API as the hand that puts goods on."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import urllib.request
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from drivers.errors import DeviceUnavailable, Reason
from drivers.media import transport_factory
from drivers.scale.actor import Patience, ScaleActor
from drivers.scale.protocols import SCALES

CONFIGURATION = """
schema: 1
api: {{ host: 127.0.0.1, port: {api} }}
devices:
  - {{ id: toledo-8217, type: scale, profile: toledo8217-15kg, connections: [ {{ serial: {{ pty: true }} }} ] }}
  - {{ id: sma, type: scale, profile: sma-15kg, connections: [ {{ serial: {{ pty: true }} }} ] }}
"""
PATIENCE = Patience(answer=1.0, motion=0.05, silence=0.1)


class Scales:
    """Both emulated scales, and our actors at them."""

    def __init__(self, api: int, actors: dict[str, ScaleActor]) -> None:
        self._api, self.actors = api, actors

    async def put_on(self, name: str, grams: int, *, stable: bool = True) -> None:
        await self.ask("PUT", f"/devices/{name}/weight", {"grams": grams, "stable": stable})

    async def ask(self, method: str, path: str, body: dict[str, object]) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._api}/api/v1{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )

        def call() -> None:
            with urllib.request.urlopen(request, timeout=10) as answer:
                answer.read()

        await asyncio.to_thread(call)


@pytest.fixture
async def scales(emupos_program: Path, tmp_path: Path) -> AsyncIterator[Scales]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        api = free.getsockname()[1]
    configuration = tmp_path / "emupos.yaml"
    configuration.write_text(CONFIGURATION.format(api=api), "utf-8")
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
    process = await asyncio.create_subprocess_exec(
        emupos_program, "run", "--config", configuration, cwd=tmp_path, env=environment, stdout=PIPE
    )
    try:
        assert process.stdout
        async with asyncio.timeout(30):
            while b"Showing events" not in (line := await process.stdout.readline()):
                assert line, "emupos ended before it was ready"
        async with _actors(tmp_path) as actors:
            yield Scales(api, actors)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.communicate()


@asynccontextmanager
async def _actors(folder: Path) -> AsyncIterator[dict[str, ScaleActor]]:
    actors = {
        name: ScaleActor(
            name,
            transport_factory(f"serial://{folder}/emupos/{name}?baud=9600&flow=none"),
            SCALES[name],
            patience=PATIENCE,
        )
        for name in SCALES
    }
    running = [asyncio.ensure_future(actor.run()) for actor in actors.values()]
    try:
        yield actors
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def test_weights_are_read_as_the_other_side_means_them(scales: Scales) -> None:
    for name, actor in scales.actors.items():
        for grams in (0, 5, 485, 1250, 14_995, 15_000):
            await scales.put_on(name, grams)
            reading = await actor.weigh(5)
            assert (name, reading.grams, reading.unit, reading.net) == (name, grams, "kg", False)
            assert f"{grams // 1000}.{grams % 1000:03d}" in reading.text


async def test_a_tare_makes_a_net_weight(scales: Scales) -> None:
    for name, actor in scales.actors.items():
        await scales.put_on(name, 500)
        await scales.ask("POST", f"/devices/{name}/tare", {})
        await scales.put_on(name, 1250)
        reading = await actor.weigh(5)
        assert (name, reading.grams, reading.net) == (name, 750, True)


@pytest.mark.parametrize(("grams", "reason"), [(15_005, Reason.SCALE_OVER_CAPACITY), (-50, Reason.SCALE_UNDER_ZERO)])
async def test_what_the_other_side_will_not_weigh_is_no_weight(scales: Scales, grams: int, reason: Reason) -> None:
    for name, actor in scales.actors.items():
        await scales.put_on(name, grams)
        with pytest.raises(DeviceUnavailable) as none:
            await actor.weigh(5)
        assert (name, none.value.reason) == (name, reason)


async def test_a_load_in_motion_is_weighed_when_it_has_settled(scales: Scales) -> None:
    for name, actor in scales.actors.items():
        await scales.put_on(name, 735, stable=False)
        reading = await actor.weigh(10)
        assert (name, reading.grams) == (name, 735)
