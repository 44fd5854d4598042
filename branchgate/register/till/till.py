"""What a cashier does: ring up, take back, void, move cash. Every figure comes from the basket, every number from the outbox."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from branchgate.clock import Clock
from branchgate.errors import BranchgateError, Refused, RefusedKind
from branchgate.money import euros
from branchgate.receipts.accounts import put_on_account
from branchgate.receipts.basket import Header, abandoned, reversal_of
from branchgate.receipts.check_cases import MAX_CASH_CENTS
from branchgate.receipts.check_references import used_by
from branchgate.receipts.model import BusinessCase, PaymentType, Receipt, ReceiptType
from branchgate.receipts.movements import movement
from branchgate.receipts.returns import returned_of
from branchgate.receipts.tendering import CHANGE_ABSURD_CENTS, NOTHING_TO_PAY, Paid, absurd_change, paid_with
from branchgate.register.client import RegisterClient
from branchgate.register.found import Found
from branchgate.register.held import Happened
from branchgate.register.till.commands import Abandon, MoveCash, Return, Sell, Staff, Void
from branchgate.register.till.entries import Entry, goes_back_to
from branchgate.register.till.known import REMEMBERED_RECEIPTS, KnownReceipts, voiding
from branchgate.register.till.open_receipt import OpenReceipt
from branchgate.register.till.paying import Pay, in_parts
from branchgate.register.till.ringing import Ringing, customer_of
from branchgate.v1 import device_pb2


class Till:
    """One cashier at one register."""

    def __init__(self, register: RegisterClient, clock: Clock, *, user_id: str, user_name: str) -> None:
        self._register = register
        self._clock = clock
        self._user_id = user_id
        self._user_name = user_name
        self._openings: set[asyncio.Task[None]] = set()
        self._float_booked = False
        self.drawer_outcomes: Counter[str] = Counter()
        self.receipts = KnownReceipts(register)
        self.ringing = Ringing(register.catalogue, register.category_name, self.receipts)

    @property
    def user_id(self) -> str:
        """Who stands at the till."""
        return self._user_id

    def now_ms(self) -> int:
        """The register's clock, UTC milliseconds."""
        return self._clock.now_ms()

    async def remember(self) -> None:
        """Takes up the receipts of earlier runs that the register still holds."""
        for happened in await self._register.inspect(lambda outbox: outbox.receipts(REMEMBERED_RECEIPTS)):
            self.receipts.keep(happened)

    def begin(self, *, training: bool = False) -> OpenReceipt:
        """A receipt that begins now."""
        return OpenReceipt(self.now_ms(), type=ReceiptType.AV_TRAINING if training else ReceiptType.BELEG)

    async def begin_return(self, number: str = "") -> OpenReceipt:
        """Goods will come back: with a receipt of the branch at its prices and at most what was sold, without one at those of today.

        Raises Refused: NOT_FOUND, NOTHING_TO_RETURN for one that counts nowhere, ALREADY_VOIDED when nothing of it is left; TryAgain
        when only the gateway knows it and cannot be reached.
        """
        receipt = OpenReceipt(self.now_ms(), takes_back=True)
        if number:
            sale = await self.receipts.look_up(number)
            _require_standing(sale, "NOTHING_TO_RETURN")
            receipt.sale = sale.receipt
            receipt.references = (self.receipts.reference(number),)
            receipt.returned = returned_of(sale.referring)
        return receipt

    async def sell(self, command: Sell) -> Happened:
        """Rings up the lines and takes the payment. Raises Refused; then nothing has happened."""
        receipt = self.begin(training=command.training)
        receipt.customer = customer_of(command.customer)
        await self._ring_up(receipt, command.lines)
        for off, surcharge in ((command.discount, False), (command.surcharge, True)):
            if off is not None:
                receipt.basket.reduce_receipt(off.reduction(surcharge=surcharge))
        return await self.pay(receipt, in_parts(command.pay), sure=command.sure)

    async def take_back(self, command: Return) -> Happened:
        """Takes goods back: negative lines, with a reference to their sale when it is known. Raises Refused like `begin_return`."""
        receipt = await self.begin_return(command.receipt)
        await self._ring_up(receipt, command.lines)
        return await self.pay(receipt, in_parts(command.pay), sure=command.sure)

    async def give_to_staff(self, command: Staff) -> Happened:
        """Goods that an employee takes."""
        receipt = self.begin()
        receipt.customer = customer_of(command.customer)
        await self._ring_up(receipt, command.lines)
        return await self.staff_takes(receipt)

    async def give_up(self, command: Abandon) -> Happened:
        """Records lines that were rung up and given up."""
        receipt = self.begin()
        await self._ring_up(receipt, command.lines)
        return await self.abandon(receipt)

    async def ring_up(self, receipt: OpenReceipt, entry: Entry, place: str = "") -> None:
        """Rings one entry up; what it goes back to is looked up before. Raises what `Ringing.ring_up` and `KnownReceipts.look_up` raise."""
        number = goes_back_to(entry)
        if number:
            await self.receipts.look_up(number)
        self.ringing.ring_up(receipt, entry, place)

    def take_part(self, receipt: OpenReceipt, way: Pay) -> None:
        """Takes a part of the payment, or leaves the rest on account. Raises Refused: CUSTOMER_MISSING, INVALID_VALUE."""
        left = receipt.left_cents
        if way.account:
            receipt.basket.put(put_on_account(left, receipt.customer))
        else:
            receipt.tenders = (*receipt.tenders, way.tender(left))

    async def pay(self, receipt: OpenReceipt, ways: Sequence[Pay], *, sure: bool = False) -> Happened:
        """Takes the payment and records the receipt. Raises Refused, and then nothing has happened: CASH_NOT_ENOUGH, BASKET_EMPTY,
        CUSTOMER_MISSING, and CASH_DOUBTFUL for cash that hardly anybody gives, unless somebody is `sure`.
        """
        tenders, basket = receipt.tenders, receipt.basket.copy()
        try:
            for way in ways:
                self.take_part(receipt, way)
            paid = paid_with(receipt.basket.total_cents, receipt.tenders)
            if absurd_change(paid) and not sure:
                usual = euros(paid.cash_given_cents - paid.change_cents + CHANGE_ABSURD_CENTS)
                raise Refused("CASH_DOUBTFUL", field="pay", value=euros(paid.cash_given_cents), rule=usual)
            return await self._finished(lambda number, running: self._built(receipt, paid, number, running))
        except BranchgateError:
            receipt.tenders, receipt.basket = tenders, basket
            raise

    async def staff_takes(self, receipt: OpenReceipt) -> Happened:
        """Ends the receipt as goods for an employee (AVSachbezug): no payment, and it counts in no closing."""
        receipt.type = ReceiptType.AV_SACHBEZUG
        return await self._finished(lambda number, running: self._built(receipt, NOTHING_TO_PAY, number, running))

    async def abandon(self, receipt: OpenReceipt) -> Happened:
        """Ends the receipt without payment (AVBelegabbruch): what was rung up stays on record, and a note of what was paid already."""
        taken = ", ".join(f"{tender.name or tender.type.dsfinvk} {euros(tender.cents)}" for tender in receipt.tenders)

        def build(number: str, running: int) -> Receipt:
            header = self._header(number, running, receipt.started_ms)
            note = f"Schon angenommen: {taken}" if taken else ""
            return abandoned(header, receipt.basket.lines, parked_id=receipt.parked_id, note=note)

        # Nobody takes it home.
        return await self._finished(build, print_role="")

    async def void(self, command: Void) -> Happened:
        """Reverses a paid receipt of the branch, without a number the last one made here.

        Raises Refused: NOT_FOUND, ALREADY_VOIDED, NOTHING_TO_VOID for one that counts nowhere, VOID_AFTER_USE when goods of it came
        back, its claim was settled or its down payment used; TryAgain when only the gateway knows it and cannot be reached.
        """
        number_of_sale = command.receipt or self.receipts.last().receipt.receipt_number
        sale = await self.receipts.look_up(number_of_sale)
        _require_standing(sale, "NOTHING_TO_VOID")
        by = used_by(sale.receipt, sale.referring)
        if by:
            raise Refused("VOID_AFTER_USE", field="receipt", value=number_of_sale, rule=by, kind=RefusedKind.NOT_NOW)

        def build(number: str, running: int) -> Receipt:
            header = self._header(number, running, self.now_ms())
            return reversal_of(sale.receipt, header, sale.register_id, sale.event_id)

        return await self._finished(build)

    async def move_cash(self, command: MoveCash) -> Happened:
        """Books money into or out of the drawer. Raises Refused, unless somebody is sure: FLOAT_BOOKED, CASH_DOUBTFUL."""
        if not command.sure:
            await self._require_usual(command)

        def build(number: str, running: int) -> Receipt:
            return movement(self._header(number, running, self.now_ms()), command.do, command.amount, command.text)

        happened = await self._finished(build)
        self._float_booked = self._float_booked or command.do == "float"
        return happened

    async def receipt(self, number: str) -> Found:
        """A receipt of the branch by its number, without one the last that was made here. Raises like `KnownReceipts.look_up`."""
        return await self.receipts.look_up(number) if number else self.receipts.last()

    def day_closed(self) -> None:
        """The next period may have a float of its own."""
        self._float_booked = False

    async def open_drawer(self, reason: str, receipt_event_id: bytes = b"") -> str:
        """Opens the drawer now or not at all; returns what its sensor said. Raises what the gateway answers."""
        answer = await self._register.gateway.open_drawer(reason, self._user_id, receipt_event_id=receipt_event_id)
        outcome = device_pb2.DrawerOutcome.Name(answer.outcome).removeprefix("DRAWER_OUTCOME_")
        self.drawer_outcomes[outcome] += 1
        return outcome

    async def drawer_settled(self) -> None:
        """Waits until every drawer opening of a sale has an answer."""
        await asyncio.gather(*(asyncio.shield(opening) for opening in self._openings))

    async def close(self) -> None:
        """Gives up on drawers that have not answered."""
        for opening in self._openings:
            opening.cancel()
        await asyncio.gather(*self._openings, return_exceptions=True)

    async def _ring_up(self, receipt: OpenReceipt, entries: Sequence[Entry]) -> None:
        for index, entry in enumerate(entries):
            await self.ring_up(receipt, entry, f"lines[{index}].")

    def _built(self, receipt: OpenReceipt, paid: Paid, number: str, running: int) -> Receipt:
        return receipt.basket.finish(
            self._header(number, running, receipt.started_ms),
            paid.payments,
            type=receipt.type,
            cash_given_cents=paid.cash_given_cents,
            change_cents=paid.change_cents,
            references=receipt.references,
            customer=receipt.customer,
            parked_id=receipt.parked_id,
        )

    def _header(self, number: str, running: int, started_ms: int) -> Header:
        return Header(number, running, started_ms, self.now_ms(), self._user_id, self._user_name)

    async def _require_usual(self, command: MoveCash) -> None:
        if command.amount > MAX_CASH_CENTS:
            raise Refused("CASH_DOUBTFUL", field="amount", value=euros(command.amount), rule=euros(MAX_CASH_CENTS))
        if command.do == "float" and await self._has_float():
            amount, rule = euros(command.amount), "one opening float in a period"
            raise Refused("FLOAT_BOOKED", field="amount", value=amount, rule=rule, kind=RefusedKind.NOT_NOW)

    async def _has_float(self) -> bool:
        """As the gateway knows it, which may have carried one over; without it as far as this till remembers."""
        if self._float_booked or not self._register.state.connected:
            return self._float_booked
        try:
            cash = (await self._register.gateway.expected_cash()).cash
        except BranchgateError:
            return self._float_booked
        return any(figure.business_case == BusinessCase.ANFANGSBESTAND.dsfinvk and figure.count for figure in cash)

    async def _finished(self, build: Callable[[str, int], Receipt], *, print_role: str = "receipt") -> Happened:
        happened = await self._register.record(build, print_role=print_role)
        self.receipts.keep(happened)
        receipt = happened.receipt
        if receipt.type is ReceiptType.BELEG and any(paid.type is PaymentType.BAR for paid in receipt.payments):
            opening = asyncio.create_task(self._open_for(happened))
            self._openings.add(opening)
            opening.add_done_callback(self._openings.discard)
        return happened

    async def _open_for(self, happened: Happened) -> None:
        try:
            await self.open_drawer("SALE", happened.event_id)
        except BranchgateError as failure:
            # The sale stands without it; what happened is counted like any other outcome.
            self.drawer_outcomes[failure.reason] += 1


def _require_standing(sale: Found, otherwise: str) -> None:
    """Raises Refused unless a receipt counts: ALREADY_VOIDED, or `otherwise` for a void, a training, an abandoned one."""
    number, kind = sale.receipt.receipt_number, RefusedKind.NOT_NOW
    if voiding(sale) is not None:
        raise Refused("ALREADY_VOIDED", field="receipt", value=number, rule="once", kind=kind)
    if sale.receipt.reverses_receipt:
        raise Refused("ALREADY_VOIDED", field="receipt", value=number, rule="a void", kind=kind)
    if sale.receipt.type is not ReceiptType.BELEG:
        raise Refused(otherwise, field="receipt", value=number, rule=sale.receipt.type.dsfinvk, kind=kind)
