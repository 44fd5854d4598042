"""Authorization codes (Autorisierungscode): twelve characters that a person reads from one screen and types into another.

Alphabet: Crockford's base 32, which leaves out I, L, O and U. The first two characters are public and name the code, ten are secret
(50 bits: more than can be guessed against the stretched key in a code's life).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Container
from dataclasses import dataclass, field

from branchgate.errors import Refused

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ID_LENGTH = 2
SECRET_LENGTH = 10

_FORM = re.compile(f"[{ALPHABET}]{{{ID_LENGTH + SECRET_LENGTH}}}")
_GROUP = 4
# What people type for what they read (Crockford): letter O for zero, I and L for one; spaces and dashes as they like.
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """One code. The secret stays out of every log: it is not part of the representation."""

    code_id: str
    secret: str = field(repr=False)

    @property
    def plain(self) -> str:
        """Without groups, as in the QR code."""
        return self.code_id + self.secret

    @property
    def text(self) -> str:
        """As people see it, for example "737C-JM8E-TVEZ"."""
        plain = self.plain
        return "-".join(plain[start : start + _GROUP] for start in range(0, len(plain), _GROUP))


def new_code(taken_ids: Container[str] = ()) -> AuthorizationCode:
    """A random code whose id is none of the taken ones. Raises ValueError when every id is taken."""
    free = [first + second for first in ALPHABET for second in ALPHABET if first + second not in taken_ids]
    if not free:
        raise ValueError("every code id is in use")
    return AuthorizationCode(secrets.choice(free), "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH)))


def parsed_code(typed: str) -> AuthorizationCode:
    """The code somebody typed. Raises Refused (PAIRING_CODE_MALFORMED), which does not repeat the text: it may be nearly right."""
    plain = typed.upper().translate(_READ_AS)
    if not _FORM.fullmatch(plain):
        raise Refused("PAIRING_CODE_MALFORMED", field="code", rule="12 letters and digits, for example 737C-JM8E-TVEZ")
    return AuthorizationCode(plain[:ID_LENGTH], plain[ID_LENGTH:])
