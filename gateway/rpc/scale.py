"""ScaleService: translations of the scale desk."""

from __future__ import annotations

from branchgate.v1 import scale_pb2, scale_pb2_grpc
from branchgate.wire.callers import Context, caller
from gateway.scales import ScaleDesk


class ScaleServicer(scale_pb2_grpc.ScaleServiceServicer):
    """Weighs for registers of the branch and for operators."""

    def __init__(self, desk: ScaleDesk) -> None:
        self._desk = desk

    async def Weigh(self, request: scale_pb2.WeighRequest, context: Context) -> scale_pb2.WeighResponse:
        weight = await self._desk.weigh(caller(context).register_id, scale=request.scale, within_ms=request.within_ms)
        return scale_pb2.WeighResponse(
            scale=weight.scale,
            text=weight.text,
            grams=weight.grams,
            unit=weight.unit,
            net=weight.net,
            price_cents=weight.price_cents,
            at_ms=weight.at_ms,
        )
