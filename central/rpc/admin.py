"""CentralAdminService: what operators ask a running central, over its owner-only socket."""

from __future__ import annotations

from collections.abc import AsyncIterator

from branchgate import __version__
from branchgate.catalogue import BranchSettings
from branchgate.errors import Refused
from branchgate.figures import figures_to_message
from branchgate.v1 import central_admin_pb2 as messages
from branchgate.v1 import central_admin_pb2_grpc
from branchgate.wire.callers import Context
from central.addresses import checked_address
from central.assortment_rules import AssortmentRules
from central.domain import Domain
from central.identity.enrolment import TOKEN_LIVES_MS
from central.rpc.imports import choice_from_message, imported_to_message
from central.rpc.numbers import range_from_message
from central.rpc.session import step_to_message
from central.rpc.states import branch_to_message, fault_to_message

LARGEST_FILE_BYTES = 256 * 1024 * 1024
"""An import file beyond this is a mistake; a million articles take a fifth of it."""


class CentralAdminServicer(central_admin_pb2_grpc.CentralAdminServiceServicer):
    """Translates between the contract and the domain. `enrolment_address` is for tokens that name no other (host:port)."""

    def __init__(self, domain: Domain, enrolment_address: str) -> None:
        self._domain = domain
        self._enrolment_address = enrolment_address

    async def AddBranch(self, request: messages.AddBranchRequest, _context: Context) -> messages.AddBranchResponse:
        await self._domain.branches.add(BranchSettings.from_message(request.settings))
        return messages.AddBranchResponse()

    async def ListBranches(
        self, _request: messages.ListBranchesRequest, _context: Context
    ) -> messages.ListBranchesResponse:
        states = await self._domain.overview.branches()
        return messages.ListBranchesResponse(branches=[branch_to_message(state) for state in states])

    async def SetBranchSettings(
        self, request: messages.SetBranchSettingsRequest, _context: Context
    ) -> messages.SetBranchSettingsResponse:
        await self._domain.branches.set(BranchSettings.from_message(request.settings))
        return messages.SetBranchSettingsResponse()

    async def AddRegister(
        self, request: messages.AddRegisterRequest, _context: Context
    ) -> messages.AddRegisterResponse:
        number_range = range_from_message(request.number_range)
        counted = await self._domain.registers.add(request.branch_id, request.register_id, request.name, number_range)
        return messages.AddRegisterResponse(registers_counted=counted)

    async def SetNumberRange(
        self, request: messages.SetNumberRangeRequest, _context: Context
    ) -> messages.SetNumberRangeResponse:
        number_range = range_from_message(request.number_range)
        branch_id = await self._domain.registers.set_range(request.register_id, number_range)
        return messages.SetNumberRangeResponse(branch_id=branch_id)

    async def MakeEnrolmentToken(
        self, request: messages.MakeEnrolmentTokenRequest, _context: Context
    ) -> messages.MakeEnrolmentTokenResponse:
        address = checked_address(request.address) if request.address else self._enrolment_address
        token = await self._domain.enrolment.make_token(request.branch_id, address)
        return messages.MakeEnrolmentTokenResponse(token=token.text, lives_ms=TOKEN_LIVES_MS)

    async def PairRegister(
        self, request: messages.PairRegisterRequest, _context: Context
    ) -> AsyncIterator[messages.PairRegisterResponse]:
        async for step in self._domain.pairing.pair(request.branch_id, request.register_id):
            yield messages.PairRegisterResponse(step=step_to_message(step))

    async def ImportArticles(
        self, request_iterator: AsyncIterator[messages.ImportArticlesRequest], _context: Context
    ) -> messages.ImportArticlesResponse:
        options, data = await _import_file(request_iterator)
        imported = await self._domain.articles.import_file(data, choice_from_message(options))
        return imported_to_message(imported)

    async def SetAssortment(
        self, request: messages.SetAssortmentRequest, _context: Context
    ) -> messages.SetAssortmentResponse:
        rules = AssortmentRules.read(
            everything=request.all,
            include_categories=request.include_categories,
            exclude_categories=request.exclude_categories,
            include_articles=request.include_articles,
            exclude_articles=request.exclude_articles,
        )
        size = await self._domain.assortments.set(request.branch_id, rules)
        return messages.SetAssortmentResponse(articles=size.articles, categories=size.categories)

    async def PullSummaries(
        self, request: messages.PullSummariesRequest, _context: Context
    ) -> messages.PullSummariesResponse:
        pulled = await self._domain.summaries.pull(request.branch_id, request.business_day)
        return messages.PullSummariesResponse(stored=pulled.stored, unreachable_branches=pulled.unreachable)

    async def GetReport(self, request: messages.GetReportRequest, _context: Context) -> messages.GetReportResponse:
        report = await self._domain.reports.report(request.branch_id, request.from_day, request.to_day)
        rows = [
            messages.ReportRow(
                branch_id=row.branch_id,
                register_id=row.register_id,
                business_day=row.business_day,
                z_number=row.z_number,
                figures=figures_to_message(row.figures),
            )
            for row in report.rows
        ]
        return messages.GetReportResponse(rows=rows, total=figures_to_message(report.total))

    async def GetCentralStatus(
        self, _request: messages.GetCentralStatusRequest, _context: Context
    ) -> messages.GetCentralStatusResponse:
        state = await self._domain.overview.central()
        return messages.GetCentralStatusResponse(
            central_id=state.central_id,
            version=__version__,
            branches=state.branches,
            registers=state.registers,
            connected_gateways=state.connected_gateways,
            events=state.events,
            receipts=state.receipts,
            articles=state.articles,
            faults=[fault_to_message(fault) for fault in state.faults],
        )


async def _import_file(requests: AsyncIterator[messages.ImportArticlesRequest]) -> tuple[messages.ImportOptions, bytes]:
    """Options and the whole file. Raises Refused: IMPORT_WITHOUT_OPTIONS, IMPORT_TOO_LARGE."""
    first = await anext(aiter(requests), None)
    if first is None or not first.HasField("options"):
        raise Refused("IMPORT_WITHOUT_OPTIONS", field="step", rule="the first message holds the options")
    data = bytearray()
    async for request in requests:
        data += request.data
        if len(data) > LARGEST_FILE_BYTES:
            raise Refused("IMPORT_TOO_LARGE", field="data", value=len(data), rule=f"at most {LARGEST_FILE_BYTES} bytes")
    return first.options, bytes(data)
