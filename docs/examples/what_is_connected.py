"""What hangs on this machine, then what comes and goes: one line per device. Ends with Ctrl-C, or at once with `now`.

python docs/examples/what_is_connected.py [now]
"""

import asyncio
import sys

from drivers.discovery import FoundDevice
from drivers.discovery.hotplug import Hotplug
from drivers.discovery.settling import ChangeKind


def line(device: FoundDevice) -> str:
    """The address is the one to write down; a device that none of our wires reaches has no address."""
    return f"{device.kind_guess}: {device.maker} {device.model} {device.address or '(no address)'}"


async def main(follow: bool) -> None:
    """Nothing is opened for this."""
    async with Hotplug() as hotplug:
        for device in hotplug.present:
            print(line(device))
        print(f"{len(hotplug.present)} devices")
        if follow:
            async for change in hotplug.changes():
                print("+" if change.kind is ChangeKind.PLUGGED else "-", line(change.device))


asyncio.run(main(follow="now" not in sys.argv[1:]))
