"""Errors on the wire: one place maps families to gRPC statuses and back.

The detail travels as `branchgate.v1.ErrorDetail` in the binary trailing metadata `branchgate-error-bin`, so that a client in any
language reads reason, field, value, rule and both sentences.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

import grpc
import grpc.aio

from branchgate.errors import BranchgateError, OutcomeUnknown, Refused, RefusedKind, TryAgain
from branchgate.errors.texts import sentence
from branchgate.v1 import error_pb2

METADATA_KEY = "branchgate-error-bin"

_REFUSED_STATUS = {
    RefusedKind.INVALID: grpc.StatusCode.INVALID_ARGUMENT,
    RefusedKind.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    RefusedKind.NOT_ALLOWED: grpc.StatusCode.PERMISSION_DENIED,
    RefusedKind.EXISTS: grpc.StatusCode.ALREADY_EXISTS,
    RefusedKind.NOT_NOW: grpc.StatusCode.FAILED_PRECONDITION,
}
_KIND = {status: kind for kind, status in _REFUSED_STATUS.items()}
_LINK_LOST = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED)


def status_of(error: BranchgateError) -> grpc.StatusCode:
    """The gRPC status that tells a client without our detail what it can do."""
    match error:
        case Refused():
            return _REFUSED_STATUS[error.kind]
        case TryAgain():
            return grpc.StatusCode.UNAVAILABLE
        case _:
            return grpc.StatusCode.UNKNOWN


def detail_of(error: BranchgateError) -> error_pb2.ErrorDetail:
    """The error as a message, with its sentences."""
    families = {
        Refused: error_pb2.ERROR_FAMILY_REFUSED,
        TryAgain: error_pb2.ERROR_FAMILY_TRY_AGAIN,
        OutcomeUnknown: error_pb2.ERROR_FAMILY_OUTCOME_UNKNOWN,
    }
    return error_pb2.ErrorDetail(
        family=families[type(error)],
        reason=error.reason,
        field=error.field,
        value=error.value,
        rule=error.rule,
        retry_after_ms=error.retry_after_ms,
        text_de=sentence(error, "de"),
        text_en=sentence(error, "en"),
    )


async def abort(context: grpc.aio.ServicerContext[Any, Any], error: BranchgateError) -> NoReturn:
    """Ends an RPC with the error's status and detail."""
    await context.abort(
        status_of(error), str(error), trailing_metadata=((METADATA_KEY, detail_of(error).SerializeToString()),)
    )


def error_from(failure: grpc.aio.AioRpcError) -> BranchgateError:
    """The error a server meant, or what a bare gRPC failure allows the caller to conclude."""
    detail = _detail(failure.trailing_metadata() or ())
    if detail is None:
        return _from_bare_status(failure)
    match detail.family:
        case error_pb2.ERROR_FAMILY_REFUSED:
            kind = _KIND.get(failure.code(), RefusedKind.INVALID)
            return Refused(detail.reason, field=detail.field, value=detail.value, rule=detail.rule, kind=kind)
        case error_pb2.ERROR_FAMILY_TRY_AGAIN:
            return TryAgain(
                detail.reason,
                field=detail.field,
                value=detail.value,
                rule=detail.rule,
                retry_after_ms=detail.retry_after_ms,
            )
        case _:
            return OutcomeUnknown(detail.reason, field=detail.field, value=detail.value, rule=detail.rule)


def _detail(metadata: Iterable[tuple[str, str | bytes]]) -> error_pb2.ErrorDetail | None:
    for key, value in metadata:
        if key == METADATA_KEY and isinstance(value, bytes):
            return error_pb2.ErrorDetail.FromString(value)
    return None


def _from_bare_status(failure: grpc.aio.AioRpcError) -> BranchgateError:
    said = failure.details() or ""
    code = failure.code()
    if code in _LINK_LOST:
        return TryAgain("NOT_REACHABLE", rule=said)
    if code in _KIND or code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.UNIMPLEMENTED):
        return Refused(code.name, rule=said, kind=_KIND.get(code, RefusedKind.NOT_ALLOWED))
    return OutcomeUnknown(code.name, rule=said)
