"""Routes of the evidence: signed checkpoints, proofs, and the records with all that is hashed of them."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from commlog_tui.contract.ledger import (
    MOST_SEQ,
    ConsistencyProof,
    ConsistencyRequest,
    InclusionProof,
    ProofRequest,
    Records,
    RecordsRequest,
    SignedCheckpoint,
)
from commlog_tui.service import documents
from commlog_tui.service.requests import LocationId, Reader, StoreOf, charge_answer, no_parameters, parameters
from commlog_tui.store.rows import RecordsRow

Seq = Annotated[int, Path(ge=1, le=MOST_SEQ, description="The record's position")]

router = APIRouter(prefix="/v1/locations/{location}/ledger", tags=["ledger"])


def _json(value: msgspec.Struct) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")


@router.get("/checkpoint", **documents.answers(SignedCheckpoint))
async def get_checkpoint(request: Request, location: LocationId, caller: Reader, store: StoreOf) -> Response:
    """Return size and root of the location's Merkle tree, signed by the log."""
    del caller
    no_parameters(request)
    return _json(await store.checkpoint(location))


@router.get("/proof/{seq}", **documents.answers(InclusionProof), openapi_extra=documents.query(ProofRequest))
async def get_proof(request: Request, location: LocationId, seq: Seq, caller: Reader, store: StoreOf) -> Response:
    """Return a record with the proof that it is part of the tree."""
    del caller
    return _json(await store.proof(location, seq, parameters(request, ProofRequest).size))


@router.get("/consistency", **documents.answers(ConsistencyProof), openapi_extra=documents.query(ConsistencyRequest))
async def get_consistency(request: Request, location: LocationId, caller: Reader, store: StoreOf) -> Response:
    """Return the proof that the tree of one size begins with the tree of another."""
    del caller
    asked = parameters(request, ConsistencyRequest)
    return _json(await store.consistency(location, asked.old, asked.new))


@router.get("/records", **documents.answers(Records), openapi_extra=documents.query(RecordsRequest))
async def list_records(request: Request, location: LocationId, caller: Reader, store: StoreOf) -> Response:
    """Return records with all that is hashed of them, so that anybody can hash them again.

    Where they are large there are fewer than the limit, and none only at the end.
    """
    asked = parameters(request, RecordsRequest)
    rows = await store.records(location, asked.after, asked.limit)
    return charge_answer(request, caller, _json(RecordsRow(tuple(rows))))
