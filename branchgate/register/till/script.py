"""Script mode: one JSON line in, one JSON line out, in order. Whatever cannot be done is answered by an error, and nothing is half-done."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import TypeVar, assert_never

from branchgate.errors import BranchgateError, Refused, TryAgain
from branchgate.register.client import RegisterClient
from branchgate.register.held import Happened
from branchgate.register.till.commands import (
    Abandon,
    AbandonParked,
    Ask,
    Close,
    Command,
    Count,
    Drawer,
    MoveCash,
    Park,
    PayParked,
    PrintAgain,
    Resolve,
    Resume,
    Return,
    Sell,
    Staff,
    Void,
    Wait,
    parse_command,
    ref_of,
)
from branchgate.register.till.counter import weighed_grams
from branchgate.register.till.day import counted
from branchgate.register.till.entries import Entry, LineToSell
from branchgate.register.till.plain import (
    Plain,
    plain_article,
    plain_error,
    plain_receipt,
    plain_state,
)
from branchgate.register.till.script_parking import ScriptParking
from branchgate.register.till.till import Till
from branchgate.showing import plain_message

EVERYTHING = 1_000_000
Goods = TypeVar("Goods", Sell, Return, Staff, Abandon, Park, PayParked)
Happening = Sell | Return | Staff | Abandon | Void | MoveCash
"""Commands that end in a receipt."""


class Script:
    """Answers the lines of a script with a till. `say` takes one line of JSON without its end."""

    def __init__(self, register: RegisterClient, till: Till, say: Callable[[str], None]) -> None:
        self._register = register
        self._till = till
        self._say = say
        self._parking = ScriptParking(register, till)

    async def run(self, lines: AsyncIterator[str], language: str) -> None:
        """Says that it is ready, then answers every line until `quit` or the end."""
        identity = self._register.identity
        self._tell(
            {"ready": True, "register_id": identity.register_id, "branch_id": identity.branch_id, "language": language}
        )
        async for line in lines:
            if line.strip() and await self._answer_line(line):
                return

    async def _answer_line(self, line: str) -> bool:
        """Answers one line; True when it was the last."""
        try:
            command = parse_command(line)
        except BranchgateError as failure:
            self._tell({"ref": ref_of(line), "error": plain_error(failure)})
            return False
        try:
            answer = await self._answer(command)
        except BranchgateError as failure:
            answer = {"error": plain_error(failure)}
        self._tell({"ref": command.ref, **answer})
        return isinstance(command, Ask) and command.do == "quit"

    def _tell(self, answer: Plain) -> None:
        if answer.get("ref", "") is None:
            answer = {name: value for name, value in answer.items() if name != "ref"}
        self._say(json.dumps(answer, ensure_ascii=False))

    async def _answer(self, command: Command) -> Plain:
        till, gateway = self._till, self._register.gateway
        match command:
            case Sell() | Return() | Staff() | Abandon() | Void() | MoveCash():
                return {"ok": True, **plain_receipt(await self._happened(command))}
            case Park():
                return await self._parking.answer(await self._weighed(command))
            case PayParked():
                return await self._parking.answer(await self._weighed(command))
            case Resume() | AbandonParked():
                return await self._parking.answer(command)
            case Count():
                return {"ok": True, **plain_message(await counted(self._register, till, command))}
            case Close():
                return await self._close(command)
            case Drawer():
                return {"ok": True, "outcome": await till.open_drawer(command.reason)}
            case PrintAgain():
                receipt = await till.receipt(command.receipt)
                job = await gateway.print_receipt(receipt.event_id, till.user_id)
                return {"ok": True, "job": plain_message(job)}
            case Resolve():
                resolved = await gateway.resolve_print_job(
                    command.job, complete_on_paper=command.complete, user_id=till.user_id
                )
                return {"ok": True, **plain_message(resolved)}
            case Wait():
                return await self._wait(command)
            case Ask():
                return await self._asked(command)
            case _:
                assert_never(command)

    async def _happened(self, command: Happening) -> Happened:
        """The receipt that a command makes."""
        till = self._till
        match command:
            case Sell():
                return await till.sell(await self._weighed(command))
            case Return():
                return await till.take_back(await self._weighed(command))
            case Staff():
                return await till.give_to_staff(await self._weighed(command))
            case Abandon():
                return await till.give_up(await self._weighed(command))
            case Void():
                return await till.void(command)
            case MoveCash():
                return await till.move_cash(command)
            case _:
                assert_never(command)

    async def _weighed(self, command: Goods) -> Goods:
        """The same with a weight where one is missing. One scale weighs one thing, so it can be asked for one line."""
        lines: list[Entry] = list(command.lines)
        missing = [
            (index, line, article)
            for index, line in enumerate(lines)
            if isinstance(line, LineToSell)
            and line.quantity is None
            and (article := self._till.ringing.article(line.article, f"lines[{index}].article")).weighed
        ]
        if len(missing) > 1:
            index, _, article = missing[1]
            rule = "the scale weighs one line of a receipt; write the quantity of the others"
            raise Refused("INVALID_VALUE", field=f"lines[{index}].quantity", value=article.name, rule=rule)
        for index, line, article in missing:
            grams = await weighed_grams(self._register.gateway, article, f"lines[{index}].quantity")
            lines[index] = line.model_copy(update={"quantity": grams})
        return command.model_copy(update={"lines": tuple(lines)})

    async def _asked(self, command: Ask) -> Plain:
        match command.do:
            case "articles":
                articles = self._register.catalogue.search("", EVERYTHING)
                return {"ok": True, "articles": [plain_article(article) for article in articles]}
            case "status":
                drawer = dict(self._till.drawer_outcomes)
                return {"ok": True, "state": plain_state(self._register.state), "drawer": drawer}
            case "parked":
                return await self._parking.listed()
            case "findings":
                return await self._findings()
            case "print-jobs":
                register_id = self._register.identity.register_id
                jobs = [job for job in await self._register.gateway.print_jobs() if job.register_id == register_id]
                return {"ok": True, "jobs": [plain_message(job) for job in jobs]}
            case "x":
                return {"ok": True, **plain_message(await self._register.gateway.x_report())}
            case "quit":
                return {"ok": True}
            case _:
                assert_never(command.do)

    async def _close(self, command: Close) -> Plain:
        answer: Plain = {"ok": True, "closings": [], "skipped": [], "branch": None}
        steps = self._register.gateway.close_day(
            self._till.user_id, carry_float=command.carry_float, carry_parked=command.carry_parked
        )
        async for step in steps:
            match step.WhichOneof("step"):
                case "done":
                    self._till.day_closed()
                    answer["closings"].append(plain_message(step.done))
                case "skipped":
                    answer["skipped"].append(plain_message(step.skipped))
                case "branch":
                    answer["branch"] = plain_message(step.branch)
        return answer

    async def _findings(self) -> Plain:
        findings = await self._register.inspect(lambda outbox: outbox.findings())
        refused = await self._register.inspect(lambda outbox: outbox.refused())
        numbers = await self._register.inspect(lambda outbox: outbox.numbers_of_findings())
        return {
            "ok": True,
            "findings": [
                {
                    "event_id": event_id.hex(),
                    "receipt_number": numbers.get(event_id, ""),
                    "reason": found.reason,
                    "field": found.field,
                    "value": found.value,
                    "rule": found.rule,
                }
                for event_id, found in findings
            ],
            "refused": [
                {
                    "event_id": each.event_id.hex(),
                    "register_sequence": each.register_sequence,
                    "reason": each.reason,
                    "text": each.text,
                }
                for each in refused
            ],
        }

    async def _wait(self, command: Wait) -> Plain:
        try:
            async with asyncio.timeout(command.timeout_ms / 1000):
                match command.for_:
                    case "catalogue":
                        await self._register.until(lambda state: state.catalogue_current_at_ms is not None)
                    case "settled":
                        await self._register.until(lambda state: state.pending == 0)
                    case "central":
                        await self._register.until(lambda state: state.held == 0)
                    case "drawer":
                        await self._till.drawer_settled()
        except TimeoutError as late:
            raise TryAgain(
                "WAIT_TIMEOUT", field="for", value=command.for_, rule=f"within {command.timeout_ms} ms"
            ) from late
        return {"ok": True}
