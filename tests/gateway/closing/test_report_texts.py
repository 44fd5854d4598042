"""What a branch shows of its closings: originals when they are made, copies afterwards, nothing where nobody reads it."""

from __future__ import annotations

from pathlib import Path

from gateway.closing.model import PastClosings
from tests.gateway.closing.shop import branch_sum, closed, open_shop
from tests.gateway.sales.samples import sample_receipt


async def test_a_closing_is_shown_as_original_once_and_as_a_copy_afterwards(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", sample_receipt(1))
        (made,) = closed(await shop.close(1))
        assert "KOPIE" not in made.text
        (past,) = await shop.past()
        assert "KOPIE" in past.text
        assert past.closing == made.closing


async def test_texts_are_left_out_for_who_makes_a_form_of_his_own(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", sample_receipt(1))
        (made,) = closed(await shop.close(1))
        (past,) = await shop.desk.closings(PastClosings(None, 10, without_text=True))
        assert (past.text, past.closing, past.event_id) == ("", made.closing, made.event_id)


async def test_the_branch_s_sum_names_each_register_s_z_and_adds_up(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", sample_receipt(1), sample_receipt(2))
        await shop.sell("kasse-2", sample_receipt(1))
        steps = await shop.close(1)
        text = branch_sum(steps).text
        for step in closed(steps):
            assert step.closing.register_id in text.splitlines()
            assert step.closing.chain_hash.hex()[:16] in text
        assert shop.desk.settings.name in text
