"""What is being rung up at a till, from its first line until it is paid, parked or abandoned."""

from __future__ import annotations

from dataclasses import dataclass, field

from branchgate.receipts.basket import Basket
from branchgate.receipts.model import Customer, Receipt, ReceiptType, Reference
from branchgate.receipts.parked import ParkedReceipt
from branchgate.receipts.tendering import Tender, remaining


@dataclass(slots=True)
class OpenReceipt:
    """One receipt in work. `started_ms`: when its first line was rung up, which the receipt must tell (KassenSichV § 6).

    `takes_back`: goods come back; `sale` is the receipt they come back with, and `returned` what came back of it before, in thousandths
    by article number, both if the till knows it. `tenders`: what was paid so far. `parked_id`: what was resumed and ends with this one.
    """

    started_ms: int
    basket: Basket = field(default_factory=Basket)
    type: ReceiptType = ReceiptType.BELEG
    takes_back: bool = False
    sale: Receipt | None = None
    returned: dict[str, int] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    customer: Customer | None = None
    tenders: tuple[Tender, ...] = ()
    parked_id: bytes = b""

    @classmethod
    def resumed(cls, parked: ParkedReceipt) -> OpenReceipt:
        """Goes on with a receipt that was parked."""
        return cls(
            parked.started_at_ms,
            Basket.of(parked.lines),
            customer=parked.customer,
            parked_id=parked.parked_id,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was rung up yet, not even what was voided again."""
        return not self.basket.lines

    @property
    def left_cents(self) -> int:
        """What is left to pay; below zero: to pay out."""
        return remaining(self.basket.total_cents, self.tenders)

    def refer(self, reference: Reference) -> None:
        """Names another receipt, once for each line that goes back to it."""
        if reference not in self.references:
            self.references = (*self.references, reference)
