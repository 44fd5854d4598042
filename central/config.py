"""What stands in `DIR/central.toml`: where central listens and which store it works on.

`BRANCHGATE_CENTRAL_…` environment variables win over the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from branchgate.settings_file import FileSettings, Section, load_settings

FILE_NAME = "central.toml"


class Listen(Section):
    """Ports of central; 0 lets the system choose one, which the ready line then tells."""

    address: str = "0.0.0.0"
    service_port: int = Field(default=7445, ge=0, le=65535)
    enrolment_port: int = Field(default=7446, ge=0, le=65535)
    advertised_host: str = ""
    """Host name or address that gateways use; empty: this machine's host name."""


class Store(Section):
    """Where central keeps its data."""

    url: str = ""
    """A database URL of SQLAlchemy, for example `postgresql+pg8000://user@host/branchgate`, whose driver must be installed; empty: a
    SQLite file in the data folder."""


class CentralSettings(FileSettings):
    """The whole file."""

    model_config = SettingsConfigDict(env_prefix="BRANCHGATE_CENTRAL_")

    listen: Listen = Listen()
    store: Store = Store()
    log: Literal["json", "text"] = "text"


def load(folder: Path) -> CentralSettings:
    """Reads the settings of a data folder. Raises Refused (SETTINGS_INVALID) naming the option, the value and the rule."""
    return load_settings(CentralSettings, folder / FILE_NAME)
