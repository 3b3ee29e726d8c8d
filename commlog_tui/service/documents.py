"""What the OpenAPI document says of routes that read and write their bytes themselves.

Routes name their models; the schemas are made with the document, as that takes longer than the rest
of the service's start.
"""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, Final, get_args

from fastapi.responses import Response
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from commlog_tui.contract.problem import PROBLEM_JSON, Problem

QUERY: Final = "x-query"
_BODY: Final = "x-body"
"""What a route's declaration holds until the document is made: names of models."""
_SCHEMAS: Final = "#/components/schemas/"
_MODELS: Final[dict[str, type[BaseModel]]] = {}
_ANSWERS: Final[set[str]] = set()
PROBLEM: Final[dict[str, Any]] = {
    "description": "A problem (RFC 9457)",
    "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def answers(model: type[BaseModel], *, created: bool = False, tagged: bool = False) -> dict[str, Any]:
    """Return the declared answers of a route: a model on success, a problem for the rest."""
    _MODELS[model.__name__] = model
    _ANSWERS.add(model.__name__)
    content = {"application/json": {"schema": {"$ref": f"{_SCHEMAS}{model.__name__}"}}}
    responses: dict[int | str, dict[str, Any]] = {
        200: {"content": content, "description": "Success"},
        "default": PROBLEM,
    }
    if created:
        responses[201] = {"content": content, "description": "Recorded, durably"}
    if tagged:
        responses[200]["headers"] = {"ETag": {"schema": {"type": "string"}}}
        responses[304] = {"description": "Unchanged since the ETag that If-None-Match named"}
    return {"responses": responses, "response_class": Response}


def query(model: type[BaseModel]) -> dict[str, Any]:
    """Return the declaration of a query string that is checked by a model."""
    _MODELS[model.__name__] = model
    return {QUERY: model.__name__}


def body(model: type[BaseModel], many: str = "") -> dict[str, Any]:
    """Return the declaration of a JSON body of a model, or of a named list of them."""
    _MODELS[model.__name__] = model
    return {_BODY: [model.__name__, many]}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with security schemes and the schemas that routes declare by name."""
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}]
    answered: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (_MODELS[name], "serialization") for name in sorted(_ANSWERS)
    ]
    schemas: dict[str, Any] = models_json_schema(answered, ref_template=f"{_SCHEMAS}{{model}}")[1]["$defs"]
    for kind in _enums(model for model, _ in answered):  # of which newer versions may have more values
        schemas.setdefault(kind.__name__, TypeAdapter(kind).json_schema())
    for path in document["paths"].values():
        for operation in path.values():
            if name := operation.pop(QUERY, ""):
                operation["parameters"] = [*operation.get("parameters", ()), *_parameters(_MODELS[name])]
            name, many = operation.pop(_BODY, ("", ""))
            if name:
                operation["requestBody"] = _request_body(schemas, _MODELS[name], many)
    problem = Problem.model_json_schema(ref_template=f"{_SCHEMAS}{{model}}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    components["schemas"] = schemas
    complete_document: dict[str, Any] = _without_none(document)
    return complete_document


def _enums(models: Iterable[type[BaseModel]]) -> Iterator[type[Enum]]:
    """Yield the enums of all fields of models, nested ones included."""
    seen, left = set[Any](), list[Any](models)
    while left:
        if (kind := left.pop()) in seen:
            continue
        seen.add(kind)
        left += get_args(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            left += [field.annotation for field in kind.model_fields.values()]
        elif isinstance(kind, type) and issubclass(kind, Enum):
            yield kind


def _without_none(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a schema without defaults of null, as FastAPI has them."""
    if isinstance(schema, dict):
        return {name: _without_none(value) for name, value in schema.items() if value is not None}
    return [_without_none(value) for value in schema] if isinstance(schema, list) else schema


def _request_body(schemas: dict[str, Any], model: type[BaseModel], many: str) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template=f"{_SCHEMAS}{{model}}")
    schemas.update(schema.pop("$defs", {}))
    if many:
        schemas[model.__name__] = schema
        items = {"type": "array", "minItems": 1, "maxItems": 500, "items": {"$ref": f"{_SCHEMAS}{model.__name__}"}}
        schema = {"type": "object", "properties": {many: items}, "required": [many], "additionalProperties": False}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema()
    return [
        {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": _plain(details, schema)}
        for name, details in schema["properties"].items()
    ]


def _plain(details: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    options = [option for option in details.get("anyOf", [details]) if option.get("type") != "null"]
    chosen = dict(options[0])
    if reference := chosen.pop("$ref", None):
        chosen = dict(schema["$defs"][reference.rsplit("/", 1)[1]])
    return {name: value for name, value in chosen.items() if name not in {"title", "default", "description"}}
