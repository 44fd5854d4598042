"""central as one object: everything between its store and its services."""

from __future__ import annotations

from dataclasses import dataclass

from branchgate.clock import Clock
from central.articles import Articles
from central.assortment import Assortments
from central.branches import Branches
from central.feed.serving import FeedServers
from central.gateways import Gateways
from central.identity.authority import CentralAuthority
from central.identity.enrolment import Enrolment
from central.intake import Intake
from central.overview import Overview
from central.pairing import Pairing
from central.recall import Recall
from central.registers import Registers
from central.reports import Reports
from central.sessions import Sessions
from central.store import Database
from central.summaries import Summaries


@dataclass(frozen=True, slots=True)
class Domain:
    """The parts of central; each docstring tells what it is for."""

    clock: Clock
    authority: CentralAuthority
    branches: Branches
    registers: Registers
    gateways: Gateways
    enrolment: Enrolment
    assortments: Assortments
    articles: Articles
    feeds: FeedServers
    intake: Intake
    recall: Recall
    sessions: Sessions
    pairing: Pairing
    summaries: Summaries
    reports: Reports
    overview: Overview


def make_domain(database: Database, authority: CentralAuthority, clock: Clock) -> Domain:
    """Puts the parts together; nothing starts."""
    central_id = authority.central_id
    feeds = FeedServers(database, clock)
    branches = Branches(database, clock, central_id, feeds.changed)
    registers = Registers(database, clock, central_id)
    gateways = Gateways(database)
    assortments = Assortments(database, feeds.changed)
    articles = Articles(database, feeds.changed)
    intake = Intake(database, clock)
    sessions = Sessions()
    return Domain(
        clock=clock,
        authority=authority,
        branches=branches,
        registers=registers,
        gateways=gateways,
        enrolment=Enrolment(authority, gateways, clock),
        assortments=assortments,
        articles=articles,
        feeds=feeds,
        intake=intake,
        recall=Recall(database),
        sessions=sessions,
        pairing=Pairing(registers, sessions),
        summaries=Summaries(database, clock, sessions),
        reports=Reports(database),
        overview=Overview(central_id, branches, registers, gateways, assortments, articles, intake, sessions),
    )
