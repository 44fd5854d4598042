"""What may happen on the days of a branch, one thing after the other: done to the real branch and to the book, compared at every answer."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from branchgate.events import EventKind
from branchgate.figures import Closing, Denomination
from branchgate.receipts.basket import abandoned
from branchgate.receipts.codec import encode_receipt
from branchgate.receipts.model import Receipt, ReceiptType, Reference
from branchgate.receipts.parked import ParkedReceipt
from branchgate.receipts.returns import goods_of
from branchgate.v1 import event_pb2
from gateway.closing.model import Closed, CloseDay, CountCash, Skipped, Step
from tests.ledger import till
from tests.ledger.arithmetic import Expected
from tests.ledger.book import agree, cash_wrong, sum_of, unnumbered
from tests.ledger.later import Snapshot
from tests.ledger.shop import MINUTE_MS, REGISTERS, Shop, Till
from tests.ledger.till import Made


@dataclass
class Sold:
    """A receipt that others may refer to."""

    made: Made
    register_id: str
    reference: Reference
    taken: dict[str, int] = field(default_factory=dict)
    voided: bool = False


@dataclass
class Voucher:
    number: str
    left: int
    key: int | None


class Days(Shop):
    """Every method named `do_...` is something that may happen."""

    def __init__(self, folder: Path, start_ms: int, day_starts_at: int) -> None:
        super().__init__(folder, start_ms, day_starts_at)
        self.closings: dict[tuple[str, int], Closing] = {}
        self.snapshots: list[Snapshot] = []
        self._sold: list[Sold] = []
        self._claims: list[tuple[Reference, int]] = []
        self._down: list[tuple[Receipt, Reference]] = []
        self._vouchers: list[Voucher] = []
        self._parked: dict[bytes, tuple[ParkedReceipt, str, str]] = {}

    async def do(self, what: str, register: int, seed: int) -> None:
        """One thing; what cannot happen now does not happen."""
        self.branch.wait(random.Random(seed).randint(1, 90_000))
        await getattr(self, f"do_{what}")(self.tills[REGISTERS[register]], random.Random(seed))

    # What cashiers do.

    async def do_sale(self, at: Till, dice: random.Random) -> None:
        await self._remember(at, till.sale(self.header(at), dice))

    async def do_training(self, at: Till, dice: random.Random) -> None:
        await self.issue(at, till.practised(self.header(at), dice))

    async def do_give_up(self, at: Till, dice: random.Random) -> None:
        await self.issue(at, till.given_up(self.header(at), dice))

    async def do_staff(self, at: Till, dice: random.Random) -> None:
        await self.issue(at, till.free(self.header(at), dice))

    async def do_move(self, at: Till, dice: random.Random) -> None:
        made = till.moved(self.header(at), dice.choice(sorted(till.MOVED)), dice.randint(1, 30_000))
        is_float = made.receipt.lines[0].business_case.name == "ANFANGSBESTAND"
        await (self.issue(at, made) if is_float else self._remember(at, made))

    async def do_void(self, at: Till, dice: random.Random) -> None:
        there = [one for one in self._sold if not one.voided and not one.taken and self.knows(at, one.reference)]
        if there:
            one = dice.choice(there)
            one.voided = True
            await self.issue(at, till.voided(self.header(at), one.made, one.reference))

    async def do_return(self, at: Till, dice: random.Random) -> None:
        there = [one for one in self._sold if not one.voided and self.knows(at, one.reference) and _left(one)]
        if there:
            one = dice.choice(there)
            made = till.returned(self.header(at), one.made.receipt, one.reference, one.taken, dice)
            await self.issue(at, made)

    async def do_account(self, at: Till, dice: random.Random) -> None:
        made = till.on_account(self.header(at), dice)
        owed = -sum(
            line.gross_cents for line in made.receipt.lines if line.business_case.name == "FORDERUNGSENTSTEHUNG"
        )
        reference = await self.issue(at, made)
        if owed:
            self._claims.append((reference, owed))

    async def do_settle(self, at: Till, dice: random.Random) -> None:
        for place, (claim, cents) in enumerate(self._claims):
            if self.knows(at, claim):
                del self._claims[place]
                await self.issue(at, till.settlement(self.header(at), claim, cents, dice))
                return

    async def do_down_payment(self, at: Till, dice: random.Random) -> None:
        made = till.paid_down(self.header(at), dice.randint(1, 20_000), dice.choice((1, 2)), dice)
        self._down.append((made.receipt, await self.issue(at, made)))

    async def do_use_down_payment(self, at: Till, dice: random.Random) -> None:
        for place, (first, claim) in enumerate(self._down):
            if self.knows(at, claim):
                del self._down[place]
                await self.issue(at, till.paid_down_before(self.header(at), first, claim, dice))
                return

    async def do_voucher(self, at: Till, dice: random.Random) -> None:
        bought = Voucher(f"G-{self._minted}", dice.randint(100, 10_000), dice.choice((None, 1, 2)))
        self._vouchers.append(bought)
        await self.issue(at, till.voucher(self.header(at), bought.number, bought.left, bought.key, dice))

    async def do_redeem(self, at: Till, dice: random.Random) -> None:
        for shown in self._vouchers:
            if shown.left:
                made, taken = till.paid_by_voucher(self.header(at), shown.number, shown.left, shown.key, dice)
                shown.left -= taken
                await self.issue(at, made)
                return

    async def do_open_drawer(self, at: Till, dice: random.Random) -> None:
        reason = dice.choice(("NO_SALE", "SALE"))
        body = event_pb2.DrawerOpening(reason=reason, outcome="OPENED", at_ms=self.branch.now_ms).SerializeToString()
        await self.send(at, EventKind.DRAWER, body)

    # Parked receipts: at the gateway, so only while it is reached.

    async def do_park(self, at: Till, dice: random.Random) -> None:
        lines = till.RungUp(dice).basket.lines
        parked_id = self.new_id()
        total = sum(line.gross_cents for line in lines if not line.voided)
        parked = ParkedReceipt(parked_id, f"Tisch {self._minted}", lines, self.branch.now_ms, total, "anna")
        if at.online:
            await self.branch.desks.parked.park(self.new_id(), at.register_id, "anna", parked)
            self._parked[parked_id] = parked, "", at.register_id

    async def do_resume(self, at: Till, dice: random.Random) -> None:
        waiting = [one for one in self._parked.values() if not one[1]]
        if at.online and waiting:
            parked, _, parked_at = dice.choice(waiting)
            got = await self.branch.desks.parked.resume(parked.parked_id, at.register_id, "anna")
            assert got.receipt == parked
            self._parked[parked.parked_id] = parked, at.register_id, parked_at

    async def do_end_parked(self, at: Till, dice: random.Random) -> None:
        mine = [one[0] for one in self._parked.values() if one[1] == at.register_id]
        if mine and at.online:
            parked = dice.choice(mine)
            del self._parked[parked.parked_id]
            expected = Expected()
            for line in parked.lines:
                if not line.voided:
                    expected.add(line.vat_key, line.gross_cents)
            if dice.random() < 0.7:
                made = till.paid(self.header(at), parked.lines, expected, dice, parked_id=parked.parked_id)
            else:
                given_up = abandoned(self.header(at), parked.lines, parked_id=parked.parked_id)
                made = Made(given_up, Expected())
            await self.issue(at, made)

    # What goes wrong.

    async def do_go_offline(self, at: Till, dice: random.Random) -> None:
        at.online = False

    async def do_come_back(self, at: Till, dice: random.Random) -> None:
        at.online = True
        await self.deliver(at)

    async def do_send_again(self, at: Till, dice: random.Random) -> None:
        """The answer was lost: the same events come again, and get the same answer."""
        again = at.settled[-dice.randint(1, 4) :]
        if again and at.online:
            answer = await self.branch.record(at.register_id, [sent.event for sent, _ in again])
            found = {each.event_id: Counter(one.reason for one in each.findings) for each in answer.findings}
            for sent, before in again:
                assert found.get(sent.event.event_id, Counter()) == before
            assert answer.settled_register_sequence == at.sequence

    async def do_send_other_bytes(self, at: Till, dice: random.Random) -> None:
        """Under an id that is known: kept as a conflict, and counted in nothing."""
        known = [sent for sent, _ in at.settled if sent.receipt is not None]
        if known and at.online:
            sent = dice.choice(known)
            assert sent.receipt is not None
            other = encode_receipt(replace(sent.receipt, note=f"anders {dice.random()}"))
            answer = await self.branch.record(at.register_id, [sent.event._replace(body=other)])
            assert [one.reason for each in answer.findings for one in each.findings] == ["EVENT_CONFLICT"]

    async def do_send_rubbish(self, at: Till, dice: random.Random) -> None:
        await self.send(at, EventKind.RECEIPT, b"\xff\xff", known_faults=("refused",))

    async def do_turn_clock(self, at: Till, dice: random.Random) -> None:
        at.clock_off_ms = dice.choice((0, 0, 3, -3, 25, -90)) * MINUTE_MS

    async def do_tse_fails(self, at: Till, dice: random.Random) -> None:
        self.tse.broken = "" if self.tse.broken else "Zertifikat abgelaufen"

    async def do_wait(self, at: Till, dice: random.Random) -> None:
        self.branch.wait(dice.randint(1, 9 * 60) * MINUTE_MS)

    async def do_kill(self, at: Till, dice: random.Random) -> None:
        await self.branch.tear_off()

    async def do_restart(self, at: Till, dice: random.Random) -> None:
        await self.branch.stop()
        await self.branch.start()

    async def do_lose_sales_store(self, at: Till, dice: random.Random) -> None:
        await self.branch.tear_off(without_sales=True)

    # The day's end.

    async def do_count(self, at: Till, dice: random.Random) -> None:
        register, starts_at = self.book[at.register_id], self.day_starts_at
        there = max(0, register.expected_cash + dice.choice((0, 0, -100, 5, 12_345)))
        pieces = (Denomination(200, there // 200), Denomination(1, there % 200)) if dice.random() < 0.5 else ()
        order = CountCash(self.new_id(), at.register_id, "bela", pieces, 0 if pieces else there)
        expected = register.expected_cash
        counted = (await self.branch.desks.cash.count(order)).count
        difference = register.count(there, "bela", self.branch.now_ms, starts_at)
        told = (counted.counted_cents, counted.expected_cents, counted.difference_cents)
        assert told == (there, expected, difference)
        assert (await self.branch.desks.cash.count(order)).count == counted

    async def do_x(self, at: Till, dice: random.Random) -> None:
        report = await self.branch.desks.closing.x_report(at.register_id)
        register = self.book[at.register_id]
        agree(report.figures, register.open)
        z_number = len(register.closed) + 1
        self.snapshots.append(Snapshot(at.register_id, z_number, len(register.open.receipts), report.figures))
        whole = await self.branch.desks.closing.x_report(None)
        assert unnumbered(whole.figures) == sum_of([each.open for each in self.book.values()])

    async def do_close(self, at: Till, dice: random.Random) -> None:
        await self.close([at.register_id], at.register_id, carry=dice.random() < 0.6, parked=dice.random() < 0.5)

    async def do_close_branch(self, at: Till, dice: random.Random) -> None:
        await self.close(list(REGISTERS), None, carry=dice.random() < 0.6, parked=dice.random() < 0.5)

    async def close(self, names: list[str], register_id: str | None, *, carry: bool, parked: bool) -> None:
        """Closes and compares every Z, and the sum, with the book."""
        order = CloseDay(self.new_id(), register_id, "chef", carry_parked=parked, carry_float=carry)
        blocked = {owner or parked_at for _, owner, parked_at in self._parked.values()} if not parked else set()
        before = {name: self.book[name].open for name in names}
        steps = await self._closed(order)
        wanted = [name for name in names if before[name].receipts and name not in blocked]
        made = [step for step in steps if isinstance(step, Closed)]
        assert [step.closing.register_id for step in made] == wanted
        skipped = [(step.register_id, step.reason) for step in steps if isinstance(step, Skipped)]
        nothing = [(name, "NOTHING_TO_CLOSE") for name in names if register_id and name not in (*wanted, *blocked)]
        assert skipped == [*[(name, "PARKED_RECEIPTS") for name in names if name in blocked], *nothing]
        for step in made:
            self._compare(step.closing, carry=carry)
        last = steps[-1]
        assert not isinstance(last, Closed | Skipped)
        assert unnumbered(last.figures) == sum_of([before[name] for name in wanted])  # type: ignore[union-attr]
        again = [step.closing for step in await self._closed(order) if isinstance(step, Closed)]
        assert again == [step.closing for step in made]

    async def _closed(self, order: CloseDay) -> list[Step]:
        return [step async for step in self.branch.desks.closing.close_day(order)]

    def _compare(self, closing: Closing, *, carry: bool) -> None:
        register = self.book[closing.register_id]
        period = register.open
        period.findings += Counter(cash_wrong(register.expected_cash, carry=carry))
        agree(closing.figures, period)
        assert closing.z_number == len(register.closed) + 1
        assert closing.business_day == period.business_day
        assert (closing.count.counted_cents if closing.count else None) == period.counted
        assert closing.carried_float_cents == (max(0, register.expected_cash) if carry else None)
        assert sum(closing.columns.gross_cents) == closing.figures.turnover_cents
        register.close("chef", self.branch.now_ms, self.day_starts_at, carry=carry)
        self.closings[closing.register_id, closing.z_number] = closing

    async def finish(self) -> None:
        """Everybody comes back, and the branch is closed."""
        for at in self.tills.values():
            await self.do_come_back(at, random.Random(0))
        await self.close(list(REGISTERS), None, carry=True, parked=True)

    async def expected_cash_is_right(self) -> None:
        """In every drawer, at any moment."""
        told = {one.register_id: one for one in await self.branch.desks.cash.expected(None)}
        for name, register in self.book.items():
            assert told[name].expected_cents == register.expected_cash
            assert sum(row.amount_cents for row in told[name].cash) == register.expected_cash

    async def _remember(self, at: Till, made: Made) -> None:
        reference = await self.issue(at, made)
        self._sold.append(Sold(made, at.register_id, reference))


def _left(one: Sold) -> bool:
    receipt = one.made.receipt
    if receipt.type is not ReceiptType.BELEG:
        return False
    sold: Counter[str] = Counter()
    for line in goods_of(receipt):
        sold[line.article_number] += line.quantity_thousandths
    return bool(sold) and all(thousandths > one.taken.get(number, 0) for number, thousandths in sold.items())
