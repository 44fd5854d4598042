"""Sets the scene: central, a gateway, two virtual printers and two tills, each in a process of its own, and a WAN between.

Everything is done as a user would do it: by the `branchgate` command.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scripts.demonstration.paper import Paper, read_paper
from scripts.demonstration.processes import Child, Children, DemoFailed, Message
from tests.rigs.wan import Wan

BRANCH = "markt"
OTHER_BRANCH = "bahnhof"
REGISTERS = ("kasse-1", "kasse-2")
PREFIXES = ("K1-", "K2-")
CASHIERS = ("anna", "ben")
PRINTERS = ("drucker-1", "drucker-2")

SMALL_SHOP = ("Getränke", "Brot und Backwaren", "Süßes und Salziges", "Schreibwaren und Presse", "Leergut")
"""What the kiosk at the station sells of the shipped articles."""

PAPER_RESTS_S = 0.5
DRAWN_WITHIN_S = 300
"""A busy machine draws the last hundred slips for minutes, and a slip that was not drawn would look like one that was not printed."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Props:
    """What the user may change: article file and mapping, and real printers in place of the virtual ones."""

    articles: str = "shipped"
    mapping: str = "shipped"
    printers: tuple[str, ...] = ()


@dataclass(slots=True)
class Stage:
    """Everything that runs. Entering it pairs and syncs; leaving it ends every process."""

    root: Path
    props: Props
    say: Say
    central: Child = field(init=False)
    gateway: Child = field(init=False)
    tills: list[Child] = field(default_factory=list)
    wan: Wan = field(init=False)
    imported: Message = field(default_factory=dict)
    assortments: dict[str, int] = field(default_factory=dict)
    _children: Children = field(init=False)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _paper: list[Path] = field(default_factory=list)
    _printers: list[Child] = field(default_factory=list)
    _draining: list[asyncio.Task[None]] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        async with self._stack:
            self._children = await self._stack.enter_async_context(Children(self.root / "logs"))
            await self._start_central()
            await self._start_gateway()
            for index in range(len(REGISTERS)):
                await self._pair(index)
                await self._start_till(index)
            self._stack = self._stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for till in self.tills:
            if till.process.stdin is not None:
                till.process.stdin.close()
        await self._stack.aclose()
        for task in self._draining:
            task.cancel()
        await asyncio.gather(*self._draining, return_exceptions=True)

    @property
    def paper(self) -> Paper:
        """What lies on the virtual printers now; empty with real ones."""
        return read_paper(*self._paper)

    async def paper_at_rest(self) -> Paper:
        """The paper once nothing more comes out: pictures are drawn after the printer has confirmed."""
        before, now = -1, len(self.paper.slips)
        while before != now:
            await asyncio.sleep(PAPER_RESTS_S)
            before, now = now, len(self.paper.slips)
        return self.paper

    async def switch_printers_off(self) -> None:
        """Ends the virtual printers, which draw what is left before they go."""
        for printer in self._printers:
            await printer.stop(DRAWN_WITHIN_S)

    @property
    def prints_virtually(self) -> bool:
        """True unless the user named printers of their own."""
        return bool(self._paper)

    async def ask_central(self, *command: str) -> list[Message]:
        """A `branchgate central` command, answered in JSON."""
        return await self._children.run(
            "central-command", "central", *command, "--data", self._folder("central"), "--json"
        )

    async def ask_gateway(self, *command: str) -> list[Message]:
        """A `branchgate gateway` command, answered in JSON."""
        return await self._children.run(
            "gateway-command", "gateway", *command, "--data", self._folder("branch"), "--json"
        )

    async def run_gateway(self) -> None:
        """Starts the gateway, at first and after it was killed, on the ports its registers know."""
        self.gateway = await self._children.start(
            "gateway", "gateway", "run", "--data", self._folder("branch"), "--json"
        )
        self._drain(self.gateway)

    async def _start_central(self) -> None:
        self.say("Zentrale starten / starting central")
        folder = self.root / "central"
        folder.mkdir()
        folder.joinpath("central.toml").write_text(
            '[listen]\naddress = "127.0.0.1"\nservice_port = 0\nenrolment_port = 0\n', encoding="utf-8"
        )
        self.central = await self._children.start("central", "central", "run", "--data", str(folder), "--json")
        self._drain(self.central)
        self.say("Artikel importieren / importing articles")
        options = ["--mapping", self.props.mapping] if self.props.mapping else []
        (self.imported,) = await self.ask_central("import", self.props.articles, *options)
        await self._add_branch(BRANCH, "Filiale Marktplatz", "Marktplatz 3", "20095", "Hamburg")
        await self._add_branch(OTHER_BRANCH, "Filiale Bahnhof", "Bahnhofstr. 12", "24103", "Kiel")
        await self._set_assortments()
        for register, prefix, cashier in zip(REGISTERS, PREFIXES, CASHIERS, strict=True):
            await self.ask_central(
                "register", "add", BRANCH, register, "--prefix", prefix, "--name", f"Kasse {cashier.title()}"
            )
        for index, register in enumerate(REGISTERS):
            for role in ("receipt", "drawer"):
                await self.ask_central(
                    "device-role", BRANCH, register, role, self._printers_named[index % len(self._printers_named)]
                )

    async def _add_branch(self, branch: str, name: str, street: str, postcode: str, town: str) -> None:
        place = ("--street", street, "--postcode", postcode, "--town", town)
        business = ("--company", "Hansen & Söhne Gemischtwaren", "--tax-id", "DE123456788")
        await self.ask_central("branch", "add", branch, "--name", name, *place, *business)

    async def _set_assortments(self) -> None:
        (everything,) = await self.ask_central("assortment", "set", BRANCH, "--all")
        tops = SMALL_SHOP if self.props.articles == "shipped" else first_half_of_categories(Path(self.props.articles))
        wanted = [option for name in tops for option in ("--include-category", name)]
        (some,) = await self.ask_central("assortment", "set", OTHER_BRANCH, *(wanted or ["--all"]))
        self.assortments = {BRANCH: everything["articles"], OTHER_BRANCH: some["articles"]}

    async def _start_gateway(self) -> None:
        self.say("Drucker und Gateway starten, anmelden / starting printers and gateway, enrolling")
        addresses = list(self.props.printers) or [await self._virtual_printer(index) for index in range(len(PRINTERS))]
        self.wan = await self._stack.enter_async_context(Wan("127.0.0.1", self.central.ready["service_port"]))
        folder = self.root / "branch"
        folder.mkdir()
        devices = "".join(
            f'\n[[devices]]\nname = "{name}"\naddress = {json.dumps(address)}\n[devices.drawer]\npin = 2\nopen_level = "low"\n'
            for name, address in zip(self._printers_named, addresses, strict=True)
        )
        # The ports are kept over the restart, because the registers know them.
        ports = [_free_port() for _ in range(2)]
        folder.joinpath("gateway.toml").write_text(
            f'[listen]\naddress = "127.0.0.1"\nadvertised_host = "127.0.0.1"\nservice_port = {ports[0]}\npairing_port = {ports[1]}\n'
            f'[central]\naddress = "{self.wan.address}"\nlongest_pause_ms = 2000\n{devices}',
            encoding="utf-8",
        )
        address = f"127.0.0.1:{self.central.ready['enrolment_port']}"
        (token,) = await self.ask_central("enrolment-token", BRANCH, "--address", address)
        await self._children.run("enrol", "gateway", "enrol", token["token"], "--data", str(folder), "--json")
        await self.run_gateway()

    @property
    def _printers_named(self) -> tuple[str, ...]:
        """One name per printer: a real one may serve both registers."""
        return PRINTERS[: len(self.props.printers) or len(PRINTERS)]

    async def _virtual_printer(self, index: int) -> str:
        paper = self.root / f"paper-{index + 1}"
        where = ("--tcp", "127.0.0.1:0") if index == 0 else ("--pty", str(self.root / "ttyPrinter"))
        printer = await self._children.start(
            PRINTERS[index],
            "devices",
            "virtual-printer",
            *where,
            "--paper",
            str(paper),
            "--drawer-shuts-after",
            "200",
            "--json",
        )
        self._drain(printer)
        self._printers.append(printer)
        self._paper.append(paper)
        return f"tcp://{printer.ready['tcp']}" if index == 0 else f"serial://{printer.ready['pty']}?flow=none"

    async def _pair(self, index: int) -> None:
        register = REGISTERS[index]
        self.say(f"{register} anbinden / pairing {register}")
        folder = self._folder(f"till-{index + 1}")
        dialog = await self._children.start(
            f"pair-{register}",
            "central",
            "pair",
            BRANCH,
            register,
            "--data",
            self._folder("central"),
            "--json",
            await_ready=False,
        )
        shown = await self._step(dialog, "PAIRING_STAGE_CODE")
        await self._children.run(
            f"till-{index + 1}-pair",
            "register",
            "pair",
            shown["pairing_address"],
            "--code",
            shown["code"],
            "--data",
            folder,
            "--json",
        )
        await self._step(dialog, "PAIRING_STAGE_COMPLETED")
        await dialog.process.wait()

    async def _step(self, dialog: Child, stage: str) -> Message:
        while True:
            message = await dialog.next_message()
            step: Message = message.get("step", message)
            if step["stage"] == stage:
                return step
            if step["stage"] == "PAIRING_STAGE_ENDED":
                raise DemoFailed(f"pairing ended: {step['text_en']}")

    async def _start_till(self, index: int) -> None:
        register = REGISTERS[index]
        folder = self._folder(f"till-{index + 1}")
        till = await self._children.start(
            f"till-{index + 1}", "register", "till", "--script", "--user", CASHIERS[index], "--data", folder, stdin=True
        )
        self.tills.append(till)
        self.say(f"{register}: Datenabgleich / sync")
        await till.ask({"do": "wait", "for": "catalogue", "timeout_ms": 60_000})

    def _drain(self, child: Child) -> None:
        """Reads what a process says and nobody asks for, so that its pipe never fills."""

        async def read_on() -> None:
            async for _ in child.messages():
                pass

        self._draining.append(asyncio.create_task(read_on()))

    def _folder(self, name: str) -> str:
        return str(self.root / name)


def first_half_of_categories(articles: Path) -> list[str]:
    """Top categories of an article file of the user's own, the first half of them; none when it has none."""
    text = articles.read_bytes().decode("utf-8-sig", "replace")
    dialect = csv.Sniffer().sniff(text.splitlines()[0], ";,\t")
    rows = csv.DictReader(io.StringIO(text), delimiter=dialect.delimiter)
    names = sorted({row["Kategorie Ebene 1"].strip() for row in rows if (row.get("Kategorie Ebene 1") or "").strip()})
    return names[: (len(names) + 1) // 2]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: Any = probe.getsockname()[1]
        return int(port)
