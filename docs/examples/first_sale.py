"""A register in forty lines: pair once, then sell an article for cash.

python docs/examples/first_sale.py FOLDER ADDRESS CODE    the first time, with what `branchgate central pair` shows
python docs/examples/first_sale.py FOLDER                 from then on
"""

import asyncio
import sys
import time
from pathlib import Path

from branchgate.receipts.basket import Basket, Header
from branchgate.receipts.model import Receipt
from branchgate.register import RegisterClient, pair

ARTICLE = "12101"


async def sell(folder: Path) -> None:
    """Sells one piece and waits until the gateway has it."""
    async with RegisterClient(folder) as register:
        await register.until(lambda state: state.catalogue_current_at_ms is not None, within_s=30)
        article = register.catalogue.article(ARTICLE)
        if article is None:
            raise SystemExit(f"this branch does not sell {ARTICLE}")
        started_ms = time.time_ns() // 1_000_000
        basket = Basket()
        basket.add(article)

        def build(number: str, running: int) -> Receipt:
            finished_ms = time.time_ns() // 1_000_000
            header = Header(number, running, started_ms, finished_ms, user_id="anna", user_name="Anna")
            return basket.pay_cash(header, given_cents=2_000)

        happened = await register.record(build)  # on this machine's disk when it returns: the sale has happened
        receipt = happened.receipt
        print(f"{receipt.receipt_number}: {receipt.total_cents} cents, {receipt.change_cents} cents change")

        state = await register.until(lambda now: now.pending == 0, within_s=30)
        print(f"settled by the gateway up to {state.settled_sequence}")


async def main() -> None:
    """Pairs when a code is given, then sells."""
    folder = Path(sys.argv[1])
    if len(sys.argv) == 4:
        identity = await pair(sys.argv[2], sys.argv[3], folder)
        print(f"paired as {identity.register_id} of branch {identity.branch_id}")
    await sell(folder)


asyncio.run(main())
