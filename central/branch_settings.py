"""What central decides for a branch, checked: it is printed on receipts and rules its days."""

from __future__ import annotations

import unicodedata
import zoneinfo
from dataclasses import replace

from sqlalchemy import Connection, select

from branchgate.catalogue import BranchSettings
from branchgate.errors import Refused, RefusedKind
from branchgate.ids import checked_name
from central.store.schema import branches

LONGEST_TEXT = 80
"""Characters of a name or address line: more does not fit on a receipt's head."""

DEVICE_ROLES = ("receipt", "kitchen", "label", "drawer", "display", "scale")
"""What a device can do for a register; a mistyped one would print nowhere and nobody would notice."""

_MINUTES_OF_DAY = 24 * 60


def settings_of(connection: Connection, branch_id: str) -> BranchSettings:
    """A branch's settings. Raises Refused (NOT_FOUND)."""
    value = connection.scalar(select(branches.c.settings).where(branches.c.branch_id == branch_id))
    if value is None:
        raise Refused(
            "NOT_FOUND", field="branch_id", value=branch_id, rule="add the branch first", kind=RefusedKind.NOT_FOUND
        )
    return BranchSettings.decode(value)


def branch_ids_of(connection: Connection) -> tuple[str, ...]:
    """Every branch."""
    return tuple(connection.scalars(select(branches.c.branch_id).order_by(branches.c.branch_id)))


def checked_settings(settings: BranchSettings) -> BranchSettings:
    """The settings with their texts trimmed. Raises Refused (INVALID_ID, INVALID_VALUE) naming the field."""
    checked_name(settings.branch_id, "branch_id")
    settings = replace(
        settings,
        name=checked_text(settings.name, "name"),
        company=checked_text(settings.company, "company"),
        street=checked_text(settings.street, "street"),
        postcode=checked_text(settings.postcode, "postcode"),
        town=checked_text(settings.town, "town"),
        tax_id=checked_text(settings.tax_id, "tax_id"),
    )
    if not settings.name:
        raise _invalid("name", "", "a branch needs a name")
    if not (len(settings.country) == 3 and settings.country.isascii() and settings.country.isupper()):
        raise _invalid("country", settings.country, "ISO 3166-1 alpha-3, for example DEU")
    if settings.time_zone not in zoneinfo.available_timezones():
        raise _invalid("time_zone", settings.time_zone, "an IANA time zone, for example Europe/Berlin")
    if not 0 <= settings.day_starts_at_minutes < _MINUTES_OF_DAY:
        raise _invalid("day_starts_at_minutes", settings.day_starts_at_minutes, f"0 to {_MINUTES_OF_DAY - 1}")
    if settings.language not in ("de", "en"):
        raise _invalid("language", settings.language, "de or en")
    for role in settings.device_roles:
        if role.register_id:
            checked_name(role.register_id, "register_id")
        if role.role not in DEVICE_ROLES:
            raise _invalid("role", role.role, ", ".join(DEVICE_ROLES))
        checked_name(role.device, "device")
    return settings


def checked_text(text: str, field: str) -> str:
    """A text for receipts, trimmed. Raises Refused (INVALID_VALUE) when it is too long or cannot be printed."""
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise _invalid(field, text[:LONGEST_TEXT] + "…", f"at most {LONGEST_TEXT} characters")
    if any(unicodedata.category(character)[0] == "C" for character in text):
        raise _invalid(field, repr(text), "no control characters")
    return text


def _invalid(field: str, value: object, rule: str) -> Refused:
    return Refused("INVALID_VALUE", field=field, value=value, rule=rule)
