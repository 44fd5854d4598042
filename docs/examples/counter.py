"""Weigh, and show the price to the customer. Virtual devices will do:

branchgate devices virtual-display --tcp 127.0.0.1:9101
branchgate devices virtual-scale --tcp 127.0.0.1:9102 --weight 486

python docs/examples/counter.py tcp://127.0.0.1:9101 tcp://127.0.0.1:9102
"""

import asyncio
import sys

from drivers.display.actor import DisplayActor
from drivers.display.contract import Row, Screen
from drivers.display.protocols import DISPLAYS
from drivers.errors import DeviceUnavailable
from drivers.media import transport_factory
from drivers.scale.actor import ScaleActor
from drivers.scale.protocols import SCALES

CENTS_PER_KILOGRAM = 299


async def serve(display: DisplayActor, scale: ScaleActor) -> None:
    """One customer: a stable weight or none, and a price that the customer reads."""
    try:
        reading = await scale.weigh(within=5)
    except DeviceUnavailable as none:
        print(f"no weight: {none.reason}")
        return
    assert reading.grams is not None
    cents = (reading.grams * CENTS_PER_KILOGRAM + 500) // 1000
    price = f"{cents // 100},{cents % 100:02d}"
    display.show(Screen(Row("Äpfel Elstar", price), Row("Summe", price)))
    print(f"{reading.grams} g, from the scale: {reading.text!r}, {price} EUR")
    await asyncio.sleep(1)  # the customer reads; a till would go on


async def main(display_address: str, scale_address: str) -> None:
    """Both actors run as tasks for as long as the till is open."""
    display = DisplayActor("kunde", transport_factory(display_address), DISPLAYS["escpos"])
    scale = ScaleActor("waage", transport_factory(scale_address), SCALES["toledo-8217"])
    tasks = [asyncio.ensure_future(display.run()), asyncio.ensure_future(scale.run())]
    await serve(display, scale)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
