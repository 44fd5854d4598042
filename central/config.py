"""What stands in `DIR/central.toml`: where central listens and which store it works on.

`BRANCHGATE_CENTRAL_…` environment variables win over the file. An option that nobody reads is an error, so that a typing mistake cannot
look like a setting.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from branchgate.errors import Refused

FILE_NAME = "central.toml"


class Listen(BaseModel):
    """Ports of central; 0 lets the system choose one, which the ready line then tells."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str = "0.0.0.0"
    service_port: int = Field(default=7445, ge=0, le=65535)
    enrolment_port: int = Field(default=7446, ge=0, le=65535)
    advertised_host: str = ""
    """Host name or address that gateways use; empty: this machine's host name."""


class Store(BaseModel):
    """Where central keeps its data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = ""
    """A database URL of SQLAlchemy, for example `postgresql+pg8000://user@host/branchgate`, whose driver must be installed; empty: a
    SQLite file in the data folder."""


class CentralSettings(BaseSettings):
    """The whole file."""

    model_config = SettingsConfigDict(
        extra="forbid", env_prefix="BRANCHGATE_CENTRAL_", env_nested_delimiter="__", frozen=True
    )

    listen: Listen = Listen()
    store: Store = Store()
    log: Literal["json", "text"] = "text"

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


def load(folder: Path) -> CentralSettings:
    """Reads the settings of a data folder. Raises Refused (SETTINGS_INVALID) naming the option, the value and the rule."""
    path = folder / FILE_NAME
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return CentralSettings(**values)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise Refused("SETTINGS_INVALID", field=FILE_NAME, value=path, rule=str(failure)) from failure
    except ValidationError as failure:
        first = failure.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Refused("SETTINGS_INVALID", field=place, value=first.get("input", ""), rule=first["msg"]) from failure
