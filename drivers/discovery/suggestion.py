"""Which profile fits a printer: its own by name, else the nearest that claims nothing. No I/O."""

from __future__ import annotations

from drivers.escpos.profile import PROFILES, PrinterProfile


def profile_by_model(model: str) -> PrinterProfile | None:
    """The profile of exactly this model: a TM-T88VI is no TM-T88V."""
    wanted = _plain(model)
    return next((profile for profile in PROFILES.values() if wanted and _plain(profile.name) == wanted), None)


def nearest_profile(columns: int) -> PrinterProfile:
    """The profile nearest to a paper of so many columns, of those that promise no proof: another maker's would."""
    return min((PROFILES["generic-80"], PROFILES["generic-58"]), key=lambda profile: abs(profile.columns - columns))


def _plain(name: str) -> str:
    return "".join(letter for letter in name.upper() if letter.isalnum())
