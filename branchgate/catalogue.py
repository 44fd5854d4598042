"""What sync carries, as frozen values: articles, categories, branch settings, and their encoding.

Keys are stable texts; a value's bytes are made once, at central, and travel unchanged to every register.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from branchgate.v1 import catalogue_pb2


class EntryType(IntEnum):
    """Type of a synced entry; the numbers are those of the contract."""

    ARTICLE = 1
    CATEGORY = 2
    BRANCH_SETTINGS = 3


SETTINGS_KEY = "branch"
"""The one key of type BRANCH_SETTINGS."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article as a branch may sell it. Unit price and deposit in 1/100,000 EUR gross, rate in basis points."""

    article_number: str
    name: str
    unit_price: int
    vat_key: int
    vat_rate_basis_points: int
    gtins: tuple[str, ...] = ()
    unit: str = "Stk"
    weighed: bool = False
    category_key: str = ""
    deposit: int = 0
    deposit_return: bool = False

    def encode(self) -> bytes:
        """The value of a sync entry."""
        return catalogue_pb2.Article(
            article_number=self.article_number,
            name=self.name,
            gtins=self.gtins,
            unit_price=self.unit_price,
            vat_key=self.vat_key,
            vat_rate_basis_points=self.vat_rate_basis_points,
            unit=self.unit,
            weighed=self.weighed,
            category_key=self.category_key,
            deposit=self.deposit,
            deposit_return=self.deposit_return,
        ).SerializeToString(deterministic=True)

    @classmethod
    def decode(cls, value: bytes) -> Article:
        """Reads the value of a sync entry."""
        message = catalogue_pb2.Article.FromString(value)
        return cls(
            article_number=message.article_number,
            name=message.name,
            unit_price=message.unit_price,
            vat_key=message.vat_key,
            vat_rate_basis_points=message.vat_rate_basis_points,
            gtins=tuple(message.gtins),
            unit=message.unit,
            weighed=message.weighed,
            category_key=message.category_key,
            deposit=message.deposit,
            deposit_return=message.deposit_return,
        )


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the category tree; `level` counts from 1."""

    category_key: str
    name: str
    level: int
    parent_key: str = ""

    def encode(self) -> bytes:
        """The value of a sync entry."""
        return catalogue_pb2.Category(
            category_key=self.category_key, name=self.name, parent_key=self.parent_key, level=self.level
        ).SerializeToString(deterministic=True)

    @classmethod
    def decode(cls, value: bytes) -> Category:
        """Reads the value of a sync entry."""
        message = catalogue_pb2.Category.FromString(value)
        return cls(message.category_key, message.name, message.level, message.parent_key)


@dataclass(frozen=True, slots=True)
class DeviceRole:
    """Which device of a branch serves a register (empty: all) in a role such as `receipt` or `drawer`."""

    register_id: str
    role: str
    device: str


@dataclass(frozen=True, slots=True)
class BranchSettings:
    """What central decides for a branch; `day_starts_at_minutes` shifts the business day past midnight."""

    branch_id: str
    name: str
    company: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = "DEU"
    tax_id: str = ""
    time_zone: str = "Europe/Berlin"
    day_starts_at_minutes: int = 0
    device_roles: tuple[DeviceRole, ...] = ()
    language: str = "de"

    def encode(self) -> bytes:
        """The value of a sync entry."""
        return self.to_message().SerializeToString(deterministic=True)

    def to_message(self) -> catalogue_pb2.BranchSettings:
        """The settings as a message."""
        return catalogue_pb2.BranchSettings(
            branch_id=self.branch_id,
            name=self.name,
            company=self.company,
            street=self.street,
            postcode=self.postcode,
            town=self.town,
            country=self.country,
            tax_id=self.tax_id,
            time_zone=self.time_zone,
            day_starts_at_minutes=self.day_starts_at_minutes,
            device_roles=[
                catalogue_pb2.DeviceRole(register_id=role.register_id, role=role.role, device=role.device)
                for role in self.device_roles
            ],
            language=self.language,
        )

    @classmethod
    def decode(cls, value: bytes) -> BranchSettings:
        """Reads the value of a sync entry."""
        return cls.from_message(catalogue_pb2.BranchSettings.FromString(value))

    @classmethod
    def from_message(cls, message: catalogue_pb2.BranchSettings) -> BranchSettings:
        """Reads the settings from a message; empty country, zone and language take their defaults."""
        return cls(
            branch_id=message.branch_id,
            name=message.name,
            company=message.company,
            street=message.street,
            postcode=message.postcode,
            town=message.town,
            country=message.country or "DEU",
            tax_id=message.tax_id,
            time_zone=message.time_zone or "Europe/Berlin",
            day_starts_at_minutes=message.day_starts_at_minutes,
            device_roles=tuple(DeviceRole(role.register_id, role.role, role.device) for role in message.device_roles),
            language=message.language or "de",
        )
