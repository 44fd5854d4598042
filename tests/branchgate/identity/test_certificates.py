"""Certificates: who may sign what, for how long, and not by a clock that runs behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography import x509

from branchgate.errors import Refused
from branchgate.identity.certificates import (
    Issuer,
    expires_ms,
    from_pem,
    issued_ms,
    renewal_due,
    root_certificate,
    to_pem,
)
from branchgate.identity.keys import new_key
from branchgate.identity.names import BranchName, GatewayName, RegisterName
from tests.rigs.chains import DAY_MS, CentralChain

NOW_MS = 1_800_000_000_000
BRANCH = BranchName("zentrale", "mitte")


@pytest.fixture
def issuer() -> Issuer:
    return CentralChain(NOW_MS).branch("mitte").issuer


def test_a_branch_ca_ends_at_its_leaves_and_at_its_branch(issuer: Issuer) -> None:
    extensions = issuer.certificate.extensions
    basic = extensions.get_extension_for_class(x509.BasicConstraints)
    names = extensions.get_extension_for_class(x509.NameConstraints)
    assert basic.critical and names.critical
    assert (basic.value.ca, basic.value.path_length) == (True, 0)
    assert names.value.permitted_subtrees == [x509.DNSName("mitte.branchgate.internal")]


def test_a_register_certificate_names_the_register_twice_and_is_no_ca(issuer: Issuer) -> None:
    name = RegisterName(BRANCH, "kasse-1")
    leaf = issuer.register(name, new_key().public_key(), NOW_MS)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [name.uri]
    assert names.get_values_for_type(x509.DNSName) == [name.dns]
    assert leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    leaf.verify_directly_issued_by(issuer.certificate)


def test_certificates_are_back_dated_a_day_for_boxes_without_a_clock(issuer: Issuer) -> None:
    leaf = issuer.register(RegisterName(BRANCH, "kasse-1"), new_key().public_key(), NOW_MS)
    assert issued_ms(leaf) == NOW_MS
    assert leaf.not_valid_before_utc.timestamp() * 1000 == NOW_MS - DAY_MS
    assert expires_ms(leaf) == NOW_MS + 90 * DAY_MS


def test_no_certificate_outlives_its_ca(issuer: Issuer) -> None:
    late = NOW_MS + 330 * DAY_MS
    leaf = issuer.register(RegisterName(BRANCH, "kasse-1"), new_key().public_key(), late)
    assert expires_ms(leaf) == expires_ms(issuer.certificate)
    with pytest.raises(Refused, match="CA_EXPIRED"):
        issuer.register(RegisterName(BRANCH, "kasse-1"), new_key().public_key(), NOW_MS + 366 * DAY_MS)


Issue = Callable[[Issuer, int], x509.Certificate]


@pytest.mark.parametrize(
    "issue",
    [
        lambda issuer, now: issuer.register(RegisterName(BRANCH, "kasse-1"), new_key().public_key(), now),
        lambda issuer, now: issuer.gateway_server(GatewayName(BRANCH), new_key().public_key(), now),
    ],
)
def test_a_clock_behind_what_is_known_issues_nothing(issuer: Issuer, issue: Issue) -> None:
    with pytest.raises(Refused, match="ISSUER_CLOCK_BEHIND"):
        issue(issuer, NOW_MS - DAY_MS)
    issue(issuer, NOW_MS + 30 * DAY_MS)
    with pytest.raises(Refused, match="ISSUER_CLOCK_BEHIND"):
        issue(issuer, NOW_MS + 29 * DAY_MS)
    issue(issuer, NOW_MS + 30 * DAY_MS - 1000)


def test_a_time_known_from_elsewhere_counts_as_well() -> None:
    key = new_key()
    issuer = Issuer(key, root_certificate(key, "zentrale", NOW_MS), newest_ms=NOW_MS + DAY_MS)
    with pytest.raises(Refused, match="ISSUER_CLOCK_BEHIND"):
        issuer.central_server(new_key().public_key(), NOW_MS)


def test_renewal_is_due_from_half_of_the_life(issuer: Issuer) -> None:
    leaf = issuer.register(RegisterName(BRANCH, "kasse-1"), new_key().public_key(), NOW_MS)
    assert not renewal_due(leaf, NOW_MS + 45 * DAY_MS - 1000)
    assert renewal_due(leaf, NOW_MS + 45 * DAY_MS)
    assert not renewal_due(leaf, NOW_MS + 50 * DAY_MS, from_share=0.6)


def test_a_chain_reads_back_leaf_first(issuer: Issuer) -> None:
    leaf = issuer.register(RegisterName(BRANCH, "kasse-1"), new_key().public_key(), NOW_MS)
    assert list(from_pem(to_pem(leaf, issuer.certificate))) == [leaf, issuer.certificate]
