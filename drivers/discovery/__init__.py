"""What hangs on this machine, and which address of ours reaches it.

`found()` looks once; `drivers.discovery.hotplug.Hotplug` tells what was plugged in and pulled out; `drivers.discovery.introduction`
asks whatever answers at an address who it is. Nothing is hidden: what nobody knows is listed as unknown.
"""

from __future__ import annotations

from drivers.discovery.device import FoundDevice, Kind, Medium
from drivers.discovery.inventory import found
from drivers.discovery.places import Places

__all__ = ["FoundDevice", "Kind", "Medium", "Places", "found"]
