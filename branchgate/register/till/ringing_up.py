"""The cashier's open receipt at the terminal: ringing up, discounts, vouchers, tips, payment, and giving it up."""

from __future__ import annotations

from collections import Counter as Counted
from collections.abc import Awaitable, Callable

from branchgate.errors import BranchgateError, Refused, RefusedKind
from branchgate.money import euros, quantity_text
from branchgate.receipts.model import BusinessCase, Line, ReceiptType
from branchgate.register.catalogue import RegisterCatalogue
from branchgate.register.held import Happened
from branchgate.register.till.counter import Counter
from branchgate.register.till.entries import Off
from branchgate.register.till.open_receipt import OpenReceipt
from branchgate.register.till.paying import Pay
from branchgate.register.till.ringing import customer_of
from branchgate.register.till.screen import Screen
from branchgate.register.till.till import Till
from branchgate.register.till.typed import Typed, buyer_of, entry_of, off_of, payment_of

CANDIDATES = 8

Doing = Callable[[Typed], Awaitable[None]]
"""What one word does."""


class RingingUp:
    """The receipt in work and the words that change it. `open` is None while nobody is served."""

    def __init__(self, till: Till, screen: Screen, counter: Counter, catalogue: RegisterCatalogue) -> None:
        self._till = till
        self._screen = screen
        self._counter = counter
        self._catalogue = catalogue
        self._shown: tuple[Line, ...] = ()
        self._training = False
        self.open: OpenReceipt | None = None

    def words(self) -> dict[str, Doing]:
        """What each of its words does."""
        entries = ("voucher", "redeem", "tip", "down-payment", "use-down-payment", "settle")
        reductions = ("discount", "surcharge", "receipt-discount", "receipt-surcharge")
        return {
            "article": self._ring_up,
            **dict.fromkeys(entries, self._put),
            **dict.fromkeys(reductions, self._reduce),
            "take-off": self._take_off,
            "customer": self._customer,
            "cash": self._pay,
            "card": self._pay,
            "foreign": self._pay,
            "account": self._pay,
            "staff": self._staff,
            "return": self._return,
            "training": self._train,
            "abandon": self._abandon,
        }

    def is_free(self) -> bool:
        """Whether something else may be booked for real now; else says what stands in the way."""
        if self.open is not None and not self.open.is_empty:
            self._screen.say("unfinished")
            return False
        if self._training:
            self._screen.say("in_training")
            return False
        return True

    def take_up(self, receipt: OpenReceipt) -> None:
        """Goes on with a receipt from elsewhere and shows it."""
        self._start_over()
        self.open = receipt
        self._show_changes()

    def let_go(self) -> None:
        """The receipt is elsewhere now: parked."""
        self._start_over()
        self._counter.clear()

    async def leave(self) -> None:
        """The cashier goes: what was rung up is on record as abandoned. What was parked stays in work here and can be parked again."""
        if self.open is not None and not self.open.is_empty and not self.open.parked_id:
            await self._record_abandoned(self.open)

    async def _ring_up(self, typed: Typed) -> None:
        quantity = typed.quantity or await self._amount_of(typed.rest)
        try:
            await self._till.ring_up(self._opened(), entry_of(typed, quantity))
        except BranchgateError as failure:
            if failure.reason == "NOT_FOUND":
                self._suggest(typed.rest)
            raise
        finally:
            self._forget_empty()
        self._show_changes()

    async def _put(self, typed: Typed) -> None:
        try:
            await self._till.ring_up(self._opened(), entry_of(typed))
        finally:
            self._forget_empty()
        self._show_changes()

    async def _reduce(self, typed: Typed) -> None:
        receipt = self._required()
        if receipt is None:
            return
        basket, surcharge = receipt.basket, typed.do.endswith("surcharge")
        off: Off | None = off_of(typed)
        if off is None:
            basket.take_off_reductions()
        elif typed.do.startswith("receipt-"):
            basket.reduce_receipt(off.reduction(surcharge=surcharge))
        else:
            basket.reduce_line(_last_article(basket.lines), off.reduction(surcharge=surcharge))
        self._show_changes()

    async def _take_off(self, _typed: Typed) -> None:
        receipt = self._required()
        if receipt is None:
            return
        # The line stays on the receipt, voided: a cashier cannot make it disappear.
        last = next((line for line in reversed(receipt.basket.lines) if _stands_alone(line)), None)
        if last is not None:
            receipt.basket.void_line(last.line_number)
            _give_back(receipt, last)
        self._shown = receipt.basket.lines
        self._counter.show_total(self._screen.word("total"), receipt.basket.total_cents)
        self._show_total(receipt)

    async def _customer(self, typed: Typed) -> None:
        receipt = self._opened()
        receipt.customer = customer_of(buyer_of(typed))
        self._screen.say("customer", name=typed.rest)

    async def _pay(self, typed: Typed) -> None:
        receipt = self._required()
        if receipt is None:
            return
        way = payment_of(typed)
        if _pays_a_part(way, receipt):
            self._till.take_part(receipt, way)
            self._screen.pair(self._screen.word("left"), receipt.left_cents, style="bold")
            return
        self._ended(await self._till.pay(receipt, [way], sure=typed.sure))

    async def _staff(self, typed: Typed) -> None:
        receipt = self._required()
        if receipt is None:
            return
        if typed.rest:
            receipt.customer = customer_of(buyer_of(typed, kind="Mitarbeiter"))
        self._ended(await self._till.staff_takes(receipt))

    async def _return(self, typed: Typed) -> None:
        if self.open is not None and not self.open.is_empty:
            self._screen.say("unfinished")
            return
        self._start_over()
        self.open = await self._till.begin_return(typed.rest)
        self._screen.say("returning")

    async def _train(self, _typed: Typed) -> None:
        if self.open is not None and not self.open.is_empty:
            self._screen.say("unfinished")
            return
        self._start_over()
        self._training = not self._training
        self._screen.say("training" if self._training else "for_real", style="bold")

    async def _abandon(self, _typed: Typed) -> None:
        receipt = self.open
        if receipt is None or receipt.is_empty:
            self._start_over()
            self._screen.say("abandoned_nothing")
            return
        if receipt.tenders:
            paid = euros(sum(tender.cents for tender in receipt.tenders), self._screen.language)
            raise Refused("PAID_IN_PART", field="pay", value=paid, rule="finish and void", kind=RefusedKind.NOT_NOW)
        await self._record_abandoned(receipt)

    async def _record_abandoned(self, receipt: OpenReceipt) -> None:
        happened = await self._till.abandon(receipt)
        self._start_over()
        self._counter.clear()
        self._screen.say("abandoned", number=happened.receipt.receipt_number)

    async def _amount_of(self, wanted: str) -> str:
        """One piece, or what the scale says: weighed goods without a weight are no kilogram."""
        try:
            article = self._till.ringing.article(wanted)
        except Refused:
            return "1"  # ringing it up will say what is wrong with it
        return await self._counter.weight_of(article) if article.weighed else "1"

    def _opened(self) -> OpenReceipt:
        if self.open is None:
            self.open = self._till.begin(training=self._training)
        return self.open

    def _forget_empty(self) -> None:
        """A receipt begins with its first line, so one without any has not begun; a return has told what it is for."""
        receipt = self.open
        if receipt is not None and receipt.is_empty and not receipt.takes_back and receipt.customer is None:
            self.open = None

    def _required(self) -> OpenReceipt | None:
        if self.open is None or self.open.is_empty:
            self._screen.say("empty")
            return None
        return self.open

    def _show_changes(self) -> None:
        receipt = self._opened()
        lines = receipt.basket.lines
        # By what they say, not by their numbers, which move when a discount comes between.
        shown = Counted(_said(line) for line in self._shown)
        new = []
        for line in lines:
            if shown[_said(line)]:
                shown[_said(line)] -= 1
            else:
                new.append(line)
        for added in new:
            quantity = quantity_text(added.quantity_thousandths, added.unit == "kg", self._screen.language)
            self._screen.pair(f"{quantity} {added.unit}  {added.text}" if added.unit else added.text, added.gross_cents)
        if new:
            self._counter.show(new[0].text, new[0].gross_cents, self._screen.word("total"), receipt.basket.total_cents)
        self._shown = lines
        self._show_total(receipt)

    def _show_total(self, receipt: OpenReceipt) -> None:
        self._screen.pair(self._screen.word("total"), receipt.basket.total_cents, style="bold")

    def _ended(self, happened: Happened) -> None:
        receipt = happened.receipt
        self._start_over()
        name = "training_receipt" if receipt.type is ReceiptType.AV_TRAINING else "receipt"
        text = self._screen.word(name, number=receipt.receipt_number)
        self._screen.pair(text, receipt.total_cents, style="bold green")
        if receipt.change_cents:
            self._screen.pair(self._screen.word("change"), receipt.change_cents)
        total, change = self._screen.word("total"), self._screen.word("change")
        self._counter.show(total, receipt.total_cents, change, receipt.change_cents)

    def _start_over(self) -> None:
        self.open = None
        self._shown = ()

    def _suggest(self, beginning: str) -> None:
        candidates = self._catalogue.search(beginning, CANDIDATES)
        if candidates:
            self._screen.say("candidates")
        for article in candidates:
            self._screen.tell(f"  {article.article_number:<14} {article.name}")


def _said(line: Line) -> tuple[str, int, bool]:
    return line.text, line.gross_cents, line.voided


def _last_article(lines: tuple[Line, ...]) -> int:
    """The article rung up last that counts; 0, which is no line, without any."""
    goods = [line for line in lines if line.business_case is BusinessCase.UMSATZ and not line.voided]
    return goods[-1].line_number if goods else 0


def _stands_alone(line: Line) -> bool:
    """Whether a line can be taken off by itself: no deposit, no discount, not voided."""
    belongs = line.applies_to_line or line.business_case in {BusinessCase.RABATT, BusinessCase.AUFSCHLAG}
    return not line.voided and not belongs


def _give_back(receipt: OpenReceipt, voided: Line) -> None:
    """What was not taken back after all may still come back."""
    if receipt.sale is not None and voided.article_number in receipt.returned:
        receipt.returned[voided.article_number] += voided.quantity_thousandths


def _pays_a_part(way: Pay, receipt: OpenReceipt) -> bool:
    """Less than what is left: the receipt stays open for the rest."""
    left = receipt.left_cents
    return (
        left > 0
        and not way.account
        and (way.amount is not None or way.worth is not None)
        and (way.tender(left).cents < left)
    )
