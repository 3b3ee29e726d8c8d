"""What the OpenAPI document says of routes that read and write their bytes themselves."""

from typing import Any, Final

from fastapi.responses import Response
from pydantic import BaseModel

from commlog_tui.contract.problem import PROBLEM_JSON, Problem

PROBLEM: Final[dict[str, Any]] = {
    "description": "A problem (RFC 9457)",
    "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def answers(model: type[BaseModel], *, created: bool = False, tagged: bool = False) -> dict[str, Any]:
    """Return the declared answers of a route: a model on success, a problem for the rest."""
    responses: dict[int | str, dict[str, Any]] = {200: {"model": model, "description": "Success"}, "default": PROBLEM}
    if created:
        responses[201] = {"model": model, "description": "Recorded, durably"}
    if tagged:
        responses[200]["headers"] = {"ETag": {"schema": {"type": "string"}}}
        responses[304] = {"description": "Unchanged since the ETag that If-None-Match named"}
    return {"responses": responses, "response_class": Response}


def query(model: type[BaseModel]) -> dict[str, Any]:
    """Return the declaration of a query string that is checked by a model."""
    schema = model.model_json_schema()
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": name in schema.get("required", ()),
                "schema": _plain(details, schema),
            }
            for name, details in schema["properties"].items()
        ]
    }


def body(model: type[BaseModel], many: str | None = None) -> dict[str, Any]:
    """Return the declaration of a JSON body of a model, or of a named list of them."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    nested = schema.pop("$defs", {})
    if many is not None:
        nested[model.__name__] = schema
        items = {
            "type": "array",
            "minItems": 1,
            "maxItems": 500,
            "items": {"$ref": f"#/components/schemas/{model.__name__}"},
        }
        schema = {"type": "object", "properties": {many: items}, "required": [many], "additionalProperties": False}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}, "x-schemas": nested}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with security schemes and the schemas that routes declare themselves."""
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}]
    schemas = document["components"]["schemas"]
    for path in document["paths"].values():
        for operation in path.values():
            schemas.update(operation.pop("x-schemas", {}))
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return document


def _plain(details: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    options = [option for option in details.get("anyOf", [details]) if option.get("type") != "null"]
    chosen = dict(options[0])
    if reference := chosen.pop("$ref", None):
        chosen = dict(schema["$defs"][reference.rsplit("/", 1)[1]])
    return {name: value for name, value in chosen.items() if name not in {"title", "default", "description"}}
