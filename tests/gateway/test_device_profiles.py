"""What one printer does differently from its profile stands in its settings."""

from __future__ import annotations

from drivers.escpos.profile import PROFILES, Cutter
from gateway.config import Device
from gateway.devices.checks import profile_of


def test_without_settings_of_its_own_a_printer_is_as_its_profile() -> None:
    assert profile_of(Device(name="bon", address="tcp://h", profile="TM-T88V")) == PROFILES["TM-T88V"]


def test_a_printers_own_width_code_page_and_cutter_win() -> None:
    device = Device(name="bon", address="tcp://h", columns=42, code_page=20, cutter="none")
    profile = profile_of(device)
    assert (profile.columns, profile.code_page, profile.cutter) == (42, 20, Cutter.NONE)


def test_pictures_keep_to_the_width_of_the_characters() -> None:
    """A printer of 42 columns may have 512 dots: a logo of 576 would lose its right edge."""
    assert profile_of(Device(name="bon", address="tcp://h", columns=42)).dots == 504
