"""Routes of signed checkpoints, proofs and records with their hashed content."""

from typing import Annotated

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
from commlog_tui.service.answers import json_answer
from commlog_tui.service.requests import READS, KeysOf, LocationId, Reader, StoreOf, StrictRoute, charge_answer, query
from commlog_tui.store.rows import RecordsRow
from commlog_tui.store.signing import signed

Seq = Annotated[int, Path(ge=1, le=MOST_SEQ, description="The record's position")]

router = APIRouter(
    prefix="/v1/locations/{location}/ledger", tags=["ledger"], dependencies=[READS], route_class=StrictRoute
)


@router.get("/checkpoint", **documents.answers(SignedCheckpoint))
async def get_checkpoint(location: LocationId, store: StoreOf, keys: KeysOf) -> Response:
    """Return size and root of the location's Merkle tree, signed by the log."""
    return json_answer(signed(await store.head(location), keys))


@router.get("/proof/{seq}", **documents.answers(InclusionProof), openapi_extra=documents.query(ProofRequest))
async def get_proof(
    location: LocationId, seq: Seq, store: StoreOf, asked: Annotated[ProofRequest, query(ProofRequest)]
) -> Response:
    """Return a record with the proof that it is part of the tree."""
    return json_answer(await store.proof(location, seq, asked.size))


@router.get("/consistency", **documents.answers(ConsistencyProof), openapi_extra=documents.query(ConsistencyRequest))
async def get_consistency(
    location: LocationId, store: StoreOf, asked: Annotated[ConsistencyRequest, query(ConsistencyRequest)]
) -> Response:
    """Return the proof that the tree of one size begins with the tree of another."""
    return json_answer(await store.consistency(location, asked.old, asked.new))


@router.get("/records", **documents.answers(Records), openapi_extra=documents.query(RecordsRequest))
async def list_records(
    request: Request,
    location: LocationId,
    caller: Reader,
    store: StoreOf,
    asked: Annotated[RecordsRequest, query(RecordsRequest)],
) -> Response:
    """Return records with all that is hashed of them, so that anybody can hash them again.

    Where they are large there are fewer than the limit, and none only at the end.
    """
    rows = await store.records(location, asked.after, asked.limit)
    return charge_answer(request, caller, json_answer(RecordsRow(tuple(rows))))
