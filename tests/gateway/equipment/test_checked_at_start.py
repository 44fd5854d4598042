"""A device that cannot be is told when the gateway starts, before it takes its folder or a port, and not at the first receipt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAD = '[[devices]]\nname = "theke"\n'
DISPLAY = '[[displays]]\nname = "kunde"\n'
SCALE = '[[scales]]\nname = "waage"\n'


@pytest.mark.parametrize(
    ("devices", "told"),
    [
        (HEAD + 'address = "tcp://h"\nprofile = "matrix"\n', ("devices.theke.profile", "matrix", "generic-80")),
        (HEAD + 'address = "carrier-pigeon://roof"\n', ("devices.theke.address", "carrier-pigeon")),
        (HEAD + 'address = "tcp://h"\n' + HEAD + 'address = "tcp://i"\n', ("devices.name", "theke")),
        (
            HEAD + 'address = "tcp://h"\n[[devices]]\nname = "fenster"\naddress = "tcp://h"\n',
            ("devices.fenster.address", "theke"),
        ),
        (
            HEAD + 'address = "tcp://h"\n[devices.drawer]\nsensor = "none"\nopen_level = "low"\n',
            ("devices.0.drawer", "exclude each other"),
        ),
        (HEAD + 'address = "tcp://h"\n' + SCALE + 'address = "tcp://h:9100"\n', ("scales.waage.address", "theke")),
        (DISPLAY + 'address = "tcp://h"\nprotocol = "morse"\n', ("displays.kunde.protocol", "morse", "cd5220")),
    ],
)
def test_settings_that_cannot_be_stop_the_start(tmp_path: Path, devices: str, told: tuple[str, ...]) -> None:
    tmp_path.joinpath("gateway.toml").write_text(devices, encoding="utf-8")
    command = (sys.executable, "-m", "branchgate", "gateway", "run", "--data", str(tmp_path))
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    said = " ".join((ended.stdout + ended.stderr).split())
    assert ended.returncode == 3, said
    for word in told:
        assert word in said
    assert [entry.name for entry in tmp_path.iterdir()] == ["gateway.toml"]
