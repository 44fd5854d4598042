"""What gateway and central read from the TOML file in their data folder, alike.

Environment variables win over the file. An option that nobody reads is an error, so that a typing mistake cannot look like a setting.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from branchgate.errors import Refused

Settings = TypeVar("Settings", bound="FileSettings")


class Section(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FileSettings(BaseSettings):
    """A whole file; a subclass adds the sections and the prefix of its environment variables."""

    model_config = SettingsConfigDict(extra="forbid", env_nested_delimiter="__", frozen=True)

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


def load_settings(kind: type[Settings], path: Path) -> Settings:
    """Reads a file, which need not be there. Raises Refused (SETTINGS_INVALID) naming the option, the value and the rule."""
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return kind(**values)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise Refused("SETTINGS_INVALID", field=path.name, value=path, rule=str(failure)) from failure
    except ValidationError as failure:
        first = failure.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Refused("SETTINGS_INVALID", field=place, value=first.get("input", ""), rule=first["msg"]) from failure
