"""What stands in `DIR/gateway.toml`: where the gateway listens and which devices hang on it.

`BRANCHGATE_GATEWAY_…` environment variables win over the file. Roles of devices, branch settings and the time zone come from central.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from branchgate.errors import Refused
from branchgate.settings_file import FileSettings, Section, load_settings

FILE_NAME = "gateway.toml"


class Listen(Section):
    """Ports of the gateway; 0 lets the system choose one, which `branchgate gateway status` then shows."""

    address: str = "0.0.0.0"
    service_port: int = Field(default=7443, ge=0, le=65535)
    pairing_port: int = Field(default=7444, ge=0, le=65535)
    advertised_host: str = ""
    """Host name or address that registers use; empty: this machine's host name."""


class DrawerWiring(Section):
    """The cash drawer on a printer's drawer port."""

    pin: Literal[2, 5] = 2
    open_level: Literal["high", "low"] | None = None
    """Level of the sensor line when the drawer is open; without it the gateway learns it from the first openings."""
    sensor: Literal["auto", "none"] = "auto"
    """`none`: the drawer has no sensor; nothing is learnt, and whether it opened is never known."""
    pulse: Literal["real-time", "buffered"] = "real-time"
    """`buffered` (ESC p) for printers that do not know the real-time pulse; they open no drawer while they cannot print."""
    open_too_long_s: int = Field(default=120, ge=0, le=86_400)
    """After so many seconds an open drawer is told of, once per opening; 0: never."""

    @model_validator(mode="after")
    def _no_level_without_sensor(self) -> Self:
        if self.sensor == "none" and self.open_level is not None:
            raise ValueError('sensor = "none" and open_level exclude each other')
        return self


class Device(Section):
    """One printer of the branch, with or without a drawer."""

    name: str = Field(pattern=r"^[a-z0-9-]{1,30}$")
    address: str
    profile: str = "generic-80"
    columns: int | None = Field(default=None, ge=24, le=64)
    """Characters in a line, where this printer has others than its profile."""
    code_page: int | None = Field(default=None, ge=0, le=255)
    """Number under which this printer keeps code page 858 (ESC t), where it differs from its profile's; makers and firmwares do."""
    cutter: Literal["partial", "full", "none"] | None = None
    """What this printer does at the end of a receipt, where it differs from its profile."""
    answers: bool | None = None
    """`false`: this printer has no way to answer, so it is never asked; `true`: its silence is a fault. Without it the gateway finds out."""
    drawer: DrawerWiring | None = None
    fallback: str = ""
    """Another device of the list that prints what this printer cannot: it must report its state. Two may stand in for each other."""
    fallback_after_s: int = Field(default=10, ge=0, le=3600)
    """How long this printer must have been out before what waits for it goes to the fallback, in seconds."""


class Display(Section):
    """One customer display of two lines by twenty characters."""

    name: str = Field(pattern=r"^[a-z0-9-]{1,30}$")
    address: str
    protocol: str = "escpos"
    idle_upper: str = ""
    idle_lower: str = ""
    """Shown while nobody is served; longer than twenty characters is cut."""


class Scale(Section):
    """One scale at a till."""

    name: str = Field(pattern=r"^[a-z0-9-]{1,30}$")
    address: str
    protocol: str = "toledo-8217"


class Receipts(Section):
    """What receipts look like beyond what central decides."""

    logo: str = ""
    """PNG or JPEG above the shop's name, relative to the data folder; empty: none. Made to fit the paper of each printer."""
    tse_text: bool = True
    """Print what a TSE signed as text too, not only as a QR code; False makes receipts shorter; KassenSichV § 6 allows either."""


class CentralAddress(Section):
    """How this branch reaches central, where that differs from what enrolment learnt (VPN, port forwarding)."""

    address: str = ""
    """host:port of central's port for gateways; empty: as enrolled."""
    longest_pause_ms: int = Field(default=30_000, ge=1_000)
    """Longest pause between two attempts to reach central, in milliseconds."""


class GatewaySettings(FileSettings):
    """The whole file."""

    model_config = SettingsConfigDict(env_prefix="BRANCHGATE_GATEWAY_")

    listen: Listen = Listen()
    central: CentralAddress = CentralAddress()
    devices: tuple[Device, ...] = ()
    displays: tuple[Display, ...] = ()
    scales: tuple[Scale, ...] = ()
    receipt: Receipts = Receipts()
    log: Literal["json", "text"] = "text"
    sales_memory_mb: int = Field(default=256, ge=64)
    """Memory limit of the sales store (DuckDB), in megabytes."""
    reserve_bytes: int = Field(default=32 * 1024 * 1024, ge=0)
    """Disk space kept back so that the day can be closed when the disk is full."""


def load(folder: Path) -> GatewaySettings:
    """Reads the settings of a data folder. Raises Refused (SETTINGS_INVALID) naming the option, the value and the rule."""
    return _checked(load_settings(GatewaySettings, folder / FILE_NAME))


def _checked(settings: GatewaySettings) -> GatewaySettings:
    names = [
        *(device.name for device in settings.devices),
        *(display.name for display in settings.displays),
        *(scale.name for scale in settings.scales),
    ]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise Refused(
            "SETTINGS_INVALID", field="devices.name", value=repeated, rule="every device has a name of its own"
        )
    for device in settings.devices:
        _check_fallback(device, settings.devices)
    return settings


def _check_fallback(device: Device, devices: tuple[Device, ...]) -> None:
    if not device.fallback:
        return
    others = [other.name for other in devices if other is not device]
    if device.fallback not in others:
        raise Refused(
            "SETTINGS_INVALID",
            field=f"devices.{device.name}.fallback",
            value=device.fallback,
            rule=f"another device: {', '.join(others) or '-'}",
        )
