"""A branch with its real gateway and no central: paired registers on disk, the gateway as a process that can be killed.

Central stands at an address where nobody answers, which is normal operation: everything here must work while the WAN is down.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from branchgate.clock import SystemClock
from branchgate.identity.keys import key_to_pem, new_key, signing_request
from branchgate.numbers import NumberRange
from branchgate.register.identity import Identity, save_identity
from branchgate.sync.source import Entry
from gateway.catalogue.replica import FILE_NAME as CATALOGUE_FILE
from gateway.catalogue.replica import Replica
from gateway.config import FILE_NAME as SETTINGS_FILE
from gateway.identity import GatewayIdentity
from gateway.identity import save_identity as save_gateway_identity
from gateway.pairing.authority import BranchAuthority
from gateway.pairing.registers import PairedRegister, write_register
from gateway.pairing.tables import PAIRING
from gateway.recording.states import RECORDING, numbers_start_at
from gateway.store import bring_up_to_date, connect_for_writing
from gateway.store.connection import FILE_NAME as BRANCH_FILE
from tests.rigs.chains import CentralChain

BRANCH_ID = "filiale-1"
NOBODY = "127.0.0.1:9"
"""Where central would be: the discard port, on which nobody listens."""

COMMAND = (sys.executable, "-m", "branchgate", "gateway", "run")
READY_WITHIN_S = 60
STOP_WITHIN_S = 30

_ROOT = Path(__file__).resolve().parents[2]


class GatewayFailed(Exception):
    """The gateway did not start, or did not end; the text holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer in the branch's settings; the address as in `gateway.toml`."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Ready:
    """What the gateway says once it serves."""

    pid: int
    service_port: int
    pairing_port: int


class Branch:
    """`with Branch(folder, registers=2) as branch:` makes the data folders; `branch.start()` runs the gateway.

    Registers are called kasse-1, kasse-2 ...; their folders (`register_folder`) are ready for the client library. Leaving the block
    kills what still runs. `environment` is added to that of the gateway.
    """

    def __init__(
        self,
        folder: Path,
        *,
        registers: int = 2,
        printers: Sequence[Printer] = (),
        environment: dict[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.data = folder / "gateway"
        self.log = folder / "gateway.log"
        self.ready: Ready | None = None
        self._environment = environment or {}
        self._process: subprocess.Popen[bytes] | None = None
        self._outputs: list[IO[bytes]] = []
        self._identities = _make_branch(self.data, registers)
        self.data.joinpath(SETTINGS_FILE).write_text(_settings(printers), encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        # Sales stores outlive a killed gateway by a moment; they hold its output open, and the folder is about to go.
        for output in self._outputs:
            with output:
                _await_end(output)

    @property
    def store(self) -> Path:
        """The file that holds the journal."""
        return self.data / BRANCH_FILE

    @property
    def registers(self) -> list[Identity]:
        """The registers' identities, with the address of the gateway that runs now."""
        if self.ready is None:
            return self._identities
        service, pairing = f"127.0.0.1:{self.ready.service_port}", f"127.0.0.1:{self.ready.pairing_port}"
        return [replace(one, gateway_address=service, pairing_address=pairing) for one in self._identities]

    def register_folder(self, register_id: str) -> Path:
        """The data folder of a register, for the client library."""
        return self.folder / register_id

    async def stock(self, entries: Sequence[Entry]) -> None:
        """Fills the catalogue as a sync from central would have. Only while the gateway does not run."""
        replica = await Replica.open(self.data / CATALOGUE_FILE, SystemClock())
        try:
            await replica.writing(lambda: _load(replica, entries))
        finally:
            await replica.close()

    def start(self) -> Ready:
        """Starts the gateway, waits until it serves, and gives the registers its address. Raises GatewayFailed."""
        with self.log.open("ab") as sink:
            self._process = subprocess.Popen(
                [*COMMAND, "--data", str(self.data), "--json"],
                cwd=_ROOT,
                env={**os.environ, **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=sink,
                # Its sales store is in the group too, and ends by itself; nothing reaches them from a terminal.
                start_new_session=True,
            )
        self.ready = self._await_ready(self._process)
        for identity in self.registers:
            save_identity(self.register_folder(identity.register_id), identity)
        return self.ready

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ends the gateway as an operator would, by a signal. Raises GatewayFailed when it does not end or complains."""
        process = self._running()
        process.send_signal(number)
        try:
            status = process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise GatewayFailed(f"still running {STOP_WITHIN_S} s after {number.name}\n{self._last_words()}") from None
        self._forget()
        if status:
            raise GatewayFailed(f"exit status {status}\n{self._last_words()}")

    def kill(self) -> None:
        """SIGKILL; nothing if it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._forget()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise GatewayFailed("it does not run")
        return self._process

    def _forget(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._outputs.append(self._process.stdout)
        self._process = self.ready = None

    def _await_ready(self, process: subprocess.Popen[bytes]) -> Ready:
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], READY_WITHIN_S)
        line = process.stdout.readline() if readable else b""
        if not line:
            self.kill()
            what = "ended before it was ready" if readable else f"not ready within {READY_WITHIN_S} s"
            raise GatewayFailed(f"{what}\n{self._last_words()}")
        said = json.loads(line)
        return Ready(said["pid"], said["service_port"], said["pairing_port"])

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])


def _await_end(output: IO[bytes]) -> None:
    """Reads until nobody holds the other end any more. Raises GatewayFailed."""
    os.set_blocking(output.fileno(), False)
    ends = time.monotonic() + STOP_WITHIN_S
    while select.select([output], [], [], max(0.0, ends - time.monotonic()))[0]:
        if output.read() == b"":
            return
    raise GatewayFailed(f"its sales store still runs {STOP_WITHIN_S} s after it")


def _make_branch(data: Path, registers: int) -> list[Identity]:
    """A gateway of a central of its own, and registers as if they had been paired."""
    clock = SystemClock()
    identity = CentralChain(clock.now_ms()).enrolled(BRANCH_ID, NOBODY)
    keys = data / "keys"
    keys.mkdir(parents=True, mode=0o700)
    save_gateway_identity(keys, identity)
    authority = BranchAuthority(identity, keys, clock)
    connection = connect_for_writing(data / BRANCH_FILE)
    try:
        bring_up_to_date(connection, (PAIRING, RECORDING))
        return [_pair(number, identity, authority, connection) for number in range(1, registers + 1)]
    finally:
        connection.close()


def _pair(
    number: int, gateway: GatewayIdentity, authority: BranchAuthority, connection: sqlite3.Connection
) -> Identity:
    register_id, name, numbers = f"kasse-{number}", f"Kasse {number}", NumberRange(f"K{number}-", 7)
    key = new_key()
    issued = authority.issue_register(signing_request(key), register_id)
    paired_at_ms = SystemClock().now_ms()
    write_register(connection, PairedRegister(register_id, name, numbers, issued.key_sha256, paired_at_ms))
    numbers_start_at(connection, register_id, 1)
    return Identity(
        branch_id=gateway.branch_id,
        register_id=register_id,
        register_name=name,
        gateway_name=gateway.name.dns,
        gateway_address="",
        pairing_address="",
        number_range=numbers,
        next_running_number=1,
        root_pem=gateway.root_pem,
        chain_pem=issued.chain_pem,
        key_pem=key_to_pem(key),
    )


def _settings(printers: Sequence[Printer]) -> str:
    listen = '[listen]\naddress = "127.0.0.1"\nservice_port = 0\npairing_port = 0\nadvertised_host = "127.0.0.1"\n'
    devices = [f'\n[[devices]]\nname = "{one.name}"\naddress = "{one.address}"\n' for one in printers]
    return listen + "".join(devices)


def _load(replica: Replica, entries: Sequence[Entry]) -> None:
    sink = replica.sink
    sink.begin_snapshot()
    for entry in entries:
        sink.put(*entry)
    # Cursors are opaque to the branch; a central that answered would not know this one and send everything again.
    sink.commit(b"rig")
    sink.swap(b"rig")
