"""What stands in `DIR/gateway.toml`: where the gateway listens and which devices hang on it.

`BRANCHGATE_GATEWAY_…` environment variables win over the file. Roles of devices, branch settings and the time zone come from central.
An option that nobody reads is an error, so that a typing mistake cannot look like a setting.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from branchgate.errors import Refused

FILE_NAME = "gateway.toml"


class Listen(BaseModel):
    """Ports of the gateway; 0 lets the system choose one, which `branchgate gateway status` then shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str = "0.0.0.0"
    service_port: int = Field(default=7443, ge=0, le=65535)
    pairing_port: int = Field(default=7444, ge=0, le=65535)
    advertised_host: str = ""
    """Host name or address that registers use; empty: this machine's host name."""


class DrawerWiring(BaseModel):
    """The cash drawer on a printer's drawer port."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pin: Literal[2, 5] = 2
    open_level: Literal["high", "low"] | None = None
    """Level of the sensor line when the drawer is open; empty: there is no sensor, and the outcome is UNKNOWN."""


class Device(BaseModel):
    """One printer of the branch, with or without a drawer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9-]{1,30}$")
    address: str
    profile: str = "generic-80"
    drawer: DrawerWiring | None = None


class CentralAddress(BaseModel):
    """How this branch reaches central, where that differs from what enrolment learnt (VPN, port forwarding)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str = ""
    """host:port of central's port for gateways; empty: as enrolled."""
    longest_pause_ms: int = Field(default=30_000, ge=1_000)
    """Longest pause between two attempts to reach central, in milliseconds."""


class GatewaySettings(BaseSettings):
    """The whole file."""

    model_config = SettingsConfigDict(
        extra="forbid", env_prefix="BRANCHGATE_GATEWAY_", env_nested_delimiter="__", frozen=True
    )

    listen: Listen = Listen()
    central: CentralAddress = CentralAddress()
    devices: tuple[Device, ...] = ()
    log: Literal["json", "text"] = "text"
    sales_memory_mb: int = Field(default=256, ge=64)
    """Memory limit of the sales store (DuckDB), in megabytes."""
    reserve_bytes: int = Field(default=32 * 1024 * 1024, ge=0)
    """Disk space kept back so that the day can be closed when the disk is full."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, which is handed in as initial values."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


def load(folder: Path) -> GatewaySettings:
    """Reads the settings of a data folder. Raises Refused (SETTINGS_INVALID) naming the option, the value and the rule."""
    path = folder / FILE_NAME
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        settings = GatewaySettings(**values)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise Refused("SETTINGS_INVALID", field=FILE_NAME, value=path, rule=str(failure)) from failure
    except ValidationError as failure:
        first = failure.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Refused("SETTINGS_INVALID", field=place, value=first.get("input", ""), rule=first["msg"]) from failure
    return _checked(settings)


def _checked(settings: GatewaySettings) -> GatewaySettings:
    names = [device.name for device in settings.devices]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise Refused(
            "SETTINGS_INVALID", field="devices.name", value=repeated, rule="every device has a name of its own"
        )
    return settings
