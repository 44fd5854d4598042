"""Texts that a caller may have stored and shown to everybody: short, in one line.

Without a bound one register's request makes the list of all jobs longer than any answer may be.
"""

from __future__ import annotations

import re
from typing import Final

from branchgate.errors import Refused

LONGEST: Final = 100
"""Characters of a reason, a user, a title."""

_ROLE: Final = re.compile(r"[a-z0-9-]{1,30}")
_NOT_IN_ROLES: Final = re.compile(r"[^a-z0-9-]")


def short_text(text: str, field: str) -> str:
    """The text, which may be empty. Raises Refused (INVALID_VALUE)."""
    if len(text) > LONGEST or not text.isprintable():
        raise Refused("INVALID_VALUE", field=field, value=text, rule=f"at most {LONGEST} characters, in one line")
    return text


def role_name(role: str, field: str = "role") -> str:
    """The role. Raises Refused (INVALID_VALUE)."""
    if not _ROLE.fullmatch(role):
        raise Refused("INVALID_VALUE", field=field, value=role, rule="1 to 30 of a-z, 0-9 and -")
    return role


def role_kept(role: str) -> str:
    """What is kept of a role where nothing may be refused: the role itself, or one that no device serves but people recognise."""
    return role if _ROLE.fullmatch(role) else _NOT_IN_ROLES.sub("-", role[:29]) + "-"


def cut(text: str) -> str:
    """The beginning of a text where nothing may be refused."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
