"""Parking by script: one parked receipt in work at a time, from `resume` until it is parked again, paid or abandoned."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from branchgate.errors import Refused, RefusedKind
from branchgate.receipts.parked import ParkedReceipt, parked_message
from branchgate.register.client import RegisterClient
from branchgate.register.till.commands import AbandonParked, Park, PayParked, Resume
from branchgate.register.till.open_receipt import OpenReceipt
from branchgate.register.till.parking import Parking
from branchgate.register.till.paying import in_parts
from branchgate.register.till.plain import Plain, plain_receipt
from branchgate.register.till.till import Till
from branchgate.showing import plain_message

ParkingCommand: TypeAlias = Park | Resume | PayParked | AbandonParked


class ScriptParking:
    """Does the commands of parking. A command that fails leaves what was resumed as it was."""

    def __init__(self, register: RegisterClient, till: Till) -> None:
        self._till = till
        self._parking = Parking(register, till.user_id)
        self._resumed: ParkedReceipt | None = None

    async def answer(self, command: ParkingCommand) -> Plain:
        """Does one command. Raises what parking, ringing up and paying raise, and Refused (NOTHING_RESUMED)."""
        match command:
            case Park():
                receipt = self._till.begin() if self._resumed is None else OpenReceipt.resumed(self._resumed)
                row = await self._parking.park(await self._changed(receipt, command), command.title)
                self._resumed = None
                return {"ok": True, "parked": plain_message(row)}
            case Resume():
                self._resumed = await self._parking.resume(command.parked)
                return {"ok": True, "parked": plain_message(parked_message(self._resumed))}
            case PayParked():
                receipt = await self._changed(self._in_work(), command)
                happened = await self._till.pay(receipt, in_parts(command.pay), sure=command.sure)
            case AbandonParked():
                happened = await self._till.abandon(self._in_work())
            case _:
                assert_never(command)
        self._resumed = None
        return {"ok": True, **plain_receipt(happened)}

    async def listed(self) -> Plain:
        """All parked receipts of the branch, oldest first."""
        return {"ok": True, "parked": [plain_message(row) for row in await self._parking.listed()]}

    def _in_work(self) -> OpenReceipt:
        if self._resumed is None:
            rule = "resume a parked receipt first"
            raise Refused("NOTHING_RESUMED", field="parked", rule=rule, kind=RefusedKind.NOT_NOW)
        return OpenReceipt.resumed(self._resumed)

    async def _changed(self, receipt: OpenReceipt, command: Park | PayParked) -> OpenReceipt:
        for number in command.void:
            receipt.basket.void_line(number)
        for index, entry in enumerate(command.lines):
            await self._till.ring_up(receipt, entry, f"lines[{index}].")
        return receipt
