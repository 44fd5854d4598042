"""Names in certificates: nobody's name can be mistaken for another machine's."""

from __future__ import annotations

import pytest

from branchgate.errors import Refused
from branchgate.identity.names import BranchName, GatewayName, RegisterName, parsed_uri

BRANCH = BranchName("zentrale", "mitte")


@pytest.mark.parametrize("name", [GatewayName(BRANCH), RegisterName(BRANCH, "kasse-1")])
def test_a_uri_reads_back_as_the_name_it_was_made_of(name: GatewayName | RegisterName) -> None:
    assert parsed_uri(name.uri) == name


def test_dns_names_lie_in_the_domain_of_the_branch() -> None:
    assert GatewayName(BRANCH).dns == "gateway.mitte.branchgate.internal"
    assert RegisterName(BRANCH, "kasse-1").dns == "kasse-1.mitte.branchgate.internal"


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "spiffe://zentrale/branch/mitte",
        "spiffe://zentrale/branch/mitte/gateway/",
        "spiffe://zentrale/branch/mitte/register/kasse-1/gateway",
        "spiffe://zentrale/branch/mitte/register/Kasse",
        "spiffe://zentrale/branch/central/gateway",
        "spiffe://zentrale/branch/mitte/register/gateway",
        "https://zentrale/branch/mitte/gateway",
        "spiffe://zentrale/branch/mitte/gateway\n",
    ],
)
def test_other_uris_name_nobody(uri: str) -> None:
    assert parsed_uri(uri) is None


def test_no_register_is_called_gateway_and_no_branch_central() -> None:
    """A register called gateway would carry its gateway's DNS name; the CA of a branch called central could mint central itself."""
    with pytest.raises(Refused, match="NAME_RESERVED"):
        RegisterName(BRANCH, "gateway")
    with pytest.raises(Refused, match="NAME_RESERVED"):
        BranchName("zentrale", "central")


@pytest.mark.parametrize("label", ["", "-mitte", "mitte-", "Mitte", "mi.tte", "m" * 31])
def test_an_id_must_fit_a_dns_label(label: str) -> None:
    with pytest.raises(Refused, match="INVALID_ID"):
        BranchName("zentrale", label)
    with pytest.raises(Refused, match="INVALID_ID"):
        RegisterName(BRANCH, label)
