"""A role for a device that does not hang here: central took it, and nobody at the branch was told."""

from __future__ import annotations

from branchgate.catalogue import BranchSettings, DeviceRole
from gateway.equipment import Board, DeviceKind, MissingDevices, Notice
from gateway.equipment.advice import advice
from gateway.routing import Routes
from tests.rigs.clock import TurnedClock


def with_roles(*roles: DeviceRole) -> BranchSettings:
    return BranchSettings("mitte", "Mitte", device_roles=roles)


def test_what_a_role_names_and_is_not_here_is_on_the_board_with_what_to_do() -> None:
    board = Board(TurnedClock(1_000))
    MissingDevices(board, ["theke"]).use_settings(
        with_roles(
            DeviceRole("", "receipt", "nix"), DeviceRole("kasse-2", "kitchen", "nix"), DeviceRole("", "scale", "theke")
        )
    )
    (state,) = board.states
    assert (state.kind, state.name, state.reason) == (DeviceKind.MISSING, "nix", "ROLE_DEVICE_MISSING")
    assert "receipt (alle Kassen), kitchen (kasse-2) das Gerät „nix“" in advice(state, "de")
    assert 'names the device "nix" for the role receipt (all registers), kitchen (kasse-2)' in advice(state, "en")


def test_it_goes_when_central_names_another_and_is_told_once() -> None:
    board, told = Board(TurnedClock(1_000)), list[Notice]()
    board.subscribe(told.append)
    missing = MissingDevices(board, ["theke"])
    for _ in range(3):
        missing.use_settings(with_roles(DeviceRole("", "receipt", "nix")))
    missing.use_settings(with_roles(DeviceRole("", "receipt", "theke")))
    missing.use_settings(None)
    assert [notice.gone for notice in told] == [False, True]
    assert board.states == []


def test_the_route_knows_which_device_is_missing() -> None:
    settings = with_roles(DeviceRole("", "receipt", "nix"), DeviceRole("kasse-2", "receipt", "nox"))
    routes = Routes((), settings)
    assert [routes.missing_for(register, "receipt") for register in ("kasse-1", "kasse-2")] == ["nix", "nox"]
    assert (routes.missing_for("kasse-1", "kitchen"), Routes(()).missing_for("kasse-1", "receipt")) == ("", "")
