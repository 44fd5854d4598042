"""What a cashier does: ring up, take back, void, move cash. Every figure comes from the basket, every number from the outbox."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog

from branchgate.catalogue import Article
from branchgate.clock import Clock
from branchgate.errors import BranchgateError, Refused, RefusedKind
from branchgate.money import QUANTITY_UNITS
from branchgate.receipts.basket import Basket, Header, money_movement, reversal_of
from branchgate.receipts.model import BusinessCase, Payment, PaymentType, Receipt, Reference
from branchgate.register.client import RegisterClient
from branchgate.register.held import Happened
from branchgate.register.till.commands import CARDS, LineToSell, MoveCash, Pay, Return, Sell, Void
from branchgate.v1 import device_pb2

_log = structlog.get_logger(__name__)

REMEMBERED_RECEIPTS = 500
"""Receipts that can still be voided or printed again by number."""

_MOVES = {
    "float": (BusinessCase.ANFANGSBESTAND, 1, "Anfangsbestand"),
    "paid-in": (BusinessCase.EINZAHLUNG, 1, "Einzahlung"),
    "paid-out": (BusinessCase.AUSZAHLUNG, -1, "Auszahlung"),
}


class Till:
    """One cashier at one register."""

    def __init__(self, register: RegisterClient, clock: Clock, *, user_id: str, user_name: str) -> None:
        self._register = register
        self._clock = clock
        self._user_id = user_id
        self._user_name = user_name
        self._receipts: OrderedDict[str, Happened] = OrderedDict()
        self._voided: set[str] = set()
        self._openings: set[asyncio.Task[None]] = set()
        self.drawer_outcomes: Counter[str] = Counter()

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
            self._keep(happened)

    def rung_up(self, lines: Sequence[LineToSell], *, sign: int = 1) -> Basket:
        """The basket of some lines; sign -1 takes the goods back.

        Raises Refused: NOT_FOUND, AMBIGUOUS_ARTICLE, INVALID_VALUE, and WEIGHT_NEEDED for weighed goods without a weight.
        """
        basket = Basket()
        for index, wanted in enumerate(lines):
            article = self.article(wanted.article, f"lines[{index}].article")
            category = self._register.category_name(article.category_key)
            quantity = _quantity(wanted, article, index)
            line = basket.add(article, sign * quantity, category_name=category)
            if wanted.void:
                basket.void_line(line.line_number)
        return basket

    def article(self, wanted: str, field: str = "article") -> Article:
        """By number, else GTIN, else exact name. Raises Refused: NOT_FOUND, or AMBIGUOUS_ARTICLE naming the candidates."""
        catalogue = self._register.catalogue
        by_number = catalogue.article(wanted)
        found = (by_number,) if by_number else catalogue.by_gtin(wanted) or catalogue.by_name(wanted)
        if not found:
            raise Refused(
                "NOT_FOUND", field=field, value=wanted, rule="number, GTIN or name", kind=RefusedKind.NOT_FOUND
            )
        if len(found) > 1:
            numbers = ", ".join(article.article_number for article in found)
            raise Refused("AMBIGUOUS_ARTICLE", field=field, value=wanted, rule=numbers)
        return found[0]

    async def sell(self, command: Sell, started_ms: int | None = None) -> Happened:
        """Rings up the lines and takes the payment. Raises Refused; then nothing has happened.

        `started_ms` is when its first line was rung up, which the receipt must tell (KassenSichV § 6); None: just now.
        """
        started_ms = self.now_ms() if started_ms is None else started_ms
        basket = self.rung_up(command.lines, sign=1)
        return await self._finished(
            lambda number, running: self._paid(basket, command.pay, number, running, started_ms)
        )

    async def take_back(self, command: Return, started_ms: int | None = None) -> Happened:
        """Takes goods back: negative lines, with a reference to their sale when it is known. `started_ms` as for a sale."""
        started_ms = self.now_ms() if started_ms is None else started_ms
        basket = self.rung_up(command.lines, sign=-1)
        references = self._references(command.receipt)

        def build(number: str, running: int) -> Receipt:
            return replace(self._paid(basket, command.pay, number, running, started_ms), references=references)

        return await self._finished(build)

    async def void(self, command: Void) -> Happened:
        """Reverses a paid receipt. Raises Refused: NOT_FOUND, or ALREADY_VOIDED."""
        sale = self.remembered(command.receipt)
        number_of_sale = sale.receipt.receipt_number
        if number_of_sale in self._voided or sale.receipt.reverses_receipt:
            raise Refused(
                "ALREADY_VOIDED", field="receipt", value=number_of_sale, rule="once", kind=RefusedKind.NOT_NOW
            )
        register_id = self._register.identity.register_id

        def build(number: str, running: int) -> Receipt:
            header = self._header(number, running, self._clock.now_ms())
            return reversal_of(sale.receipt, header, register_id, sale.event_id)

        return await self._finished(build)

    async def move_cash(self, command: MoveCash) -> Happened:
        """Books money into or out of the drawer."""
        case, sign, text = _MOVES[command.do]

        def build(number: str, running: int) -> Receipt:
            header = self._header(number, running, self._clock.now_ms())
            return money_movement(header, case, sign * command.amount, command.text or text)

        return await self._finished(build)

    def remembered(self, number: str) -> Happened:
        """A receipt of this till by number, or the last one. Raises Refused (NOT_FOUND)."""
        found = self._receipts.get(number) if number else next(reversed(self._receipts.values()), None)
        if found is None:
            raise Refused(
                "NOT_FOUND",
                field="receipt",
                value=number or "-",
                rule=f"one of the last {REMEMBERED_RECEIPTS} receipts of this register",
                kind=RefusedKind.NOT_FOUND,
            )
        return found

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

    def _paid(self, basket: Basket, pay: Pay, number: str, running: int, started_ms: int) -> Receipt:
        header = self._header(number, running, started_ms)
        if pay.card is not None:
            kind = CARDS.get(pay.card.casefold(), PaymentType.UNBAR)
            return basket.finish(header, [Payment(kind, basket.total_cents, pay.card)])
        return basket.pay_cash(header, pay.given_cents(basket.total_cents))

    def _references(self, number: str) -> tuple[Reference, ...]:
        if not number:
            return ()
        known = self._receipts.get(number)
        return (Reference(self._register.identity.register_id, number, known.event_id if known else b""),)

    def _header(self, number: str, running: int, started_ms: int) -> Header:
        return Header(number, running, started_ms, self._clock.now_ms(), self._user_id, self._user_name)

    async def _finished(self, build: Callable[[str, int], Receipt]) -> Happened:
        happened = await self._register.record(build)
        self._keep(happened)
        if any(payment.type is PaymentType.BAR for payment in happened.receipt.payments):
            opening = asyncio.create_task(self._open_for(happened))
            self._openings.add(opening)
            opening.add_done_callback(self._openings.discard)
        return happened

    def _keep(self, happened: Happened) -> None:
        self._receipts[happened.receipt.receipt_number] = happened
        if happened.receipt.reverses_receipt:
            self._voided.update(sale.receipt_number for sale in happened.receipt.references)
        if len(self._receipts) > REMEMBERED_RECEIPTS:
            self._receipts.popitem(last=False)

    async def _open_for(self, happened: Happened) -> None:
        try:
            await self.open_drawer("SALE", happened.event_id)
        except BranchgateError as failure:
            # The sale stands without it; what happened is counted like any other outcome.
            self.drawer_outcomes[failure.reason] += 1


def _quantity(wanted: LineToSell, article: Article, index: int) -> int:
    """One piece when nothing is said; nobody may buy a kilogram because nothing was weighed."""
    if wanted.quantity is None and article.weighed:
        raise Refused("WEIGHT_NEEDED", field=f"lines[{index}].quantity", value=article.name, rule="NOT_WEIGHED")
    return QUANTITY_UNITS if wanted.quantity is None else wanted.quantity
