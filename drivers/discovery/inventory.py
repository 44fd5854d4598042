"""Everything found, one entry per physical device.

A printer with usblp bound is suggested as `usblp:` because nothing has to be detached there. A serial adapter is suggested by
its serial number, and by its port where it has none or shares it: clones do, and a first match would then swap two printers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

from serial.tools import list_ports

from drivers.discovery.device import FoundDevice, Kind, Medium
from drivers.discovery.kinds import UsbClass, guess
from drivers.discovery.places import Places
from drivers.discovery.sysfs import UsbDevice, printer_nodes, serial_nodes, usb_devices


def found(places: Places | None = None) -> list[FoundDevice]:
    """Look once; blocking, so call it in a thread. Printers first, then serial lines, then the rest. Hubs are no devices."""
    places = places or Places()
    if not places.sys.is_dir():
        return _serial_ports_elsewhere()
    usb = [device for device in usb_devices(places) if device.classes != {UsbClass.HUB}]
    lines, papers, links = list(serial_nodes(places)), list(printer_nodes(places)), _links(places)
    shared = Counter((device.vendor_id, device.product_id, device.serial) for device in usb)
    devices = [
        _usb_entry(
            device,
            places,
            [name for name, port in papers if port == device.port],
            [name for name, port in lines if port == device.port],
            links,
            trust_serial=bool(device.serial) and shared[device.vendor_id, device.product_id, device.serial] == 1,
        )
        for device in usb
    ]
    devices += [_built_in(places, name, links.get(name, [])) for name, port in lines if not port]
    return sorted(devices, key=lambda device: (list(Kind).index(device.kind_guess), device.port, device.address))


def _usb_entry(
    device: UsbDevice,
    places: Places,
    papers: Sequence[str],
    lines: Sequence[str],
    links: dict[str, list[str]],
    *,
    trust_serial: bool,
) -> FoundDevice:
    kind = guess(device.vendor_id, device.product_id, device.classes, has_serial_line=bool(lines))
    which = f"serial={quote(device.serial, safe='')}" if trust_serial else f"port={device.port}"
    numbers = f"{device.vendor_id:04x}:{device.product_id:04x}"
    ways = [(Medium.USBLP, f"usblp://{numbers}?{which}")] if papers else []
    for name in lines:
        ways += [(Medium.SERIAL, f"serial://{_line_path(places, name, links, trust_serial=trust_serial)}")]
    if not lines and (kind is Kind.PRINTER or UsbClass.VENDOR in device.classes):
        ways += [(Medium.USB, f"usb://{numbers}?{which}")]
    nodes = [str(places.dev / "usb" / name) for name in papers]
    for name in lines:
        nodes += [str(places.dev / name), *links.get(name, [])]
    nodes += [str(places.dev / f"bus/usb/{device.bus:03}/{device.number:03}")]
    medium, address = ways[0] if ways else (None, "")
    return FoundDevice(
        address,
        medium,
        device.vendor_id,
        device.product_id,
        device.maker,
        device.model,
        device.serial,
        device.port,
        kind,
        addresses=tuple(address for _medium, address in ways),
        nodes=tuple(nodes),
        attachment=f"{device.bus:03}/{device.number:03}",
    )


def _built_in(places: Places, name: str, links: Sequence[str]) -> FoundDevice:
    path = str(places.dev / name)
    address = f"serial://{path}"
    return FoundDevice(
        address, Medium.SERIAL, None, None, "", name, "", "", Kind.SERIAL_LINE, (address,), (path, *links)
    )


def _line_path(places: Places, name: str, links: dict[str, list[str]], *, trust_serial: bool) -> str:
    """The link of udev that outlives a replug, else the kernel's name, which does not."""
    folder = "by-id" if trust_serial else "by-path"
    return next((link for link in links.get(name, []) if f"/serial/{folder}/" in link), str(places.dev / name))


def _links(places: Places) -> dict[str, list[str]]:
    """The links of udev under /dev/serial by the name of the node they lead to."""
    links: dict[str, list[str]] = {}
    for folder in ("by-id", "by-path"):
        try:
            entries = sorted((places.dev / "serial" / folder).iterdir())
        except OSError:
            continue
        for link in entries:
            links.setdefault(link.resolve().name, []).append(str(link))
    return links


def _serial_ports_elsewhere() -> list[FoundDevice]:
    """Serial ports on systems without sysfs (Windows, macOS), as pyserial knows them."""
    return [
        FoundDevice(
            f"serial://{port.device}",
            Medium.SERIAL,
            port.vid,
            port.pid,
            port.manufacturer or "",
            port.product or port.description or "",
            port.serial_number or "",
            port.location or "",
            Kind.SERIAL_LINE,
            (f"serial://{port.device}",),
            (port.device,),
        )
        for port in sorted(list_ports.comports())
    ]
