"""Which profile fits a printer, by its name first, else by what was seen on its paper. No I/O."""

from __future__ import annotations

from drivers.escpos.profile import PROFILES, PrinterProfile


def profile_by_model(model: str) -> PrinterProfile | None:
    """The profile of exactly this model: a TM-T88VI is no TM-T88V."""
    wanted = _plain(model)
    return next((profile for profile in PROFILES.values() if wanted and _plain(profile.name) == wanted), None)


def profile_by_paper(columns: int, code_page: int, *, process_ids: bool) -> PrinterProfile | None:
    """The profile that prints so wide with this code page slot and claims no more than was proven; None: there is none."""
    fitting = [
        profile
        for profile in PROFILES.values()
        if profile.columns == columns
        and profile.code_page == code_page
        and (profile.has_process_id is None or profile.has_process_id == process_ids)
    ]
    # One that finds out by itself is right for any maker.
    return next(iter(sorted(fitting, key=lambda profile: profile.has_process_id is not None)), None)


def nearest_profile(columns: int) -> PrinterProfile:
    """The profile without claims that comes nearest to a paper of so many columns."""
    return min((PROFILES["generic-80"], PROFILES["generic-58"]), key=lambda profile: abs(profile.columns - columns))


def _plain(name: str) -> str:
    return "".join(letter for letter in name.upper() if letter.isalnum())
