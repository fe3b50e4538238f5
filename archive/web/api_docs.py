"""The interface described: the OpenAPI document with what every route has in common, and a page made of it.

The page is rendered here, without a script: docs/decisions/0027 says what was tried.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from archive.web.language import N_
from archive.web.problems import MEDIA_TYPE, STATUS

Json = dict[str, Any]

_ENTERING = {"session:check", "session:open"}
_PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457. rule: why the policy refused. field: which value is invalid.",
    "required": ["type", "title", "status", "detail", "code", "remedy"],
    "properties": {
        **{
            name: {"type": "string"}
            for name in ("type", "title", "detail", "code", "remedy", "rule", "field")
        },
        "status": {"type": "integer"},
    },
}
_SECTIONS: dict[str, str] = {
    "sessions": N_("登录"),
    "me": N_("本人"),
    "preferences": N_("本人"),
    "to-dos": N_("待办"),
    "queue": N_("待办"),
    "tokens": N_("接口令牌"),
    "accounts": N_("账号"),
    "roles": N_("账号"),
    "deposits": N_("采集"),
    "batches": N_("采集"),
    "board": N_("采集"),
    "uploads": N_("采集"),
    "quality": N_("质检"),
    "pages": N_("质检"),
    "holdings": N_("整理"),
    "items": N_("整理"),
    "volumes": N_("整理"),
    "suggestions": N_("整理"),
    "binding": N_("组卷"),
    "supplements": N_("组卷"),
    "search": N_("检索"),
    "loan-requests": N_("借阅"),
    "loans": N_("借阅"),
    "cases": N_("案件"),
    "assignments": N_("案件"),
    "reader-namings": N_("指定阅卷人"),
    "matters": N_("法务"),
    "holds": N_("法务"),
    "evidence": N_("法务"),
    "log": N_("审计"),
    "inspections": N_("巡检"),
}
OTHERS = N_("其他")
_METHODS = ("get", "post", "put", "patch", "delete")


def described(app: FastAPI) -> Json:
    """Every route may answer with a problem, and all but signing in ask for a bearer token."""
    document = get_openapi(title=app.title, version=app.version, routes=app.routes)
    parts = document.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for spare in ("HTTPValidationError", "ValidationError"):
        schemas.pop(spare, None)
    schemas["Problem"] = _PROBLEM
    parts["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    _plain_tuples(schemas)
    for _, _, operation in _operations(document):
        operation["responses"].pop("422", None)
        operation["responses"]["default"] = {"description": "Problem", "content": {MEDIA_TYPE: problem}}
        operation["security"] = [] if set(operation["x-action"]) <= _ENTERING else [{"bearer": []}]
    return document


def _plain_tuples(node: Any) -> None:
    """Corners are pairs of numbers: said as a list of two, which every reader of such documents understands."""
    if isinstance(node, list):
        for one in node:
            _plain_tuples(one)
    elif isinstance(node, dict):
        parts = node.get("prefixItems", [])
        if parts and all(part == parts[0] for part in parts):
            node["items"] = node.pop("prefixItems")[0]
        for one in node.values():
            _plain_tuples(one)


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield path, method, methods[method]


@dataclass(frozen=True)
class Field:
    """``kind``: what a value looks like, in the words of JSON Schema."""

    name: str
    place: str
    kind: str
    required: bool
    note: str


@dataclass(frozen=True)
class Answer:
    status: str
    media_type: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Described:
    anchor: str
    method: str
    path: str
    summary: str
    note: str
    actions: tuple[str, ...]
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    body_type: str
    answers: tuple[Answer, ...]
    example: str


@dataclass(frozen=True)
class Section:
    title: str
    operations: tuple[Described, ...]


@dataclass(frozen=True)
class Reference:
    sections: tuple[Section, ...]
    problems: tuple[tuple[str, int], ...]
    """(code, HTTP status)."""


def reference(document: Json) -> Reference:
    """Sections in the order of ``_SECTIONS``, each with its operations by path."""
    order = [*dict.fromkeys(_SECTIONS.values()), OTHERS]
    listed = sorted(
        ((order.index(_section(path)), path, method, it) for path, method, it in _operations(document)),
        key=lambda row: row[:2],
    )
    sections = (
        Section(order[index], tuple(_described(document, path, method, it) for _, path, method, it in rows))
        for index, rows in groupby(listed, key=lambda row: row[0])
    )
    problems = sorted({(kind.code, status) for kind, status in STATUS.items()}, key=lambda row: row[::-1])
    return Reference(tuple(sections), tuple(problems))


def _section(path: str) -> str:
    return _SECTIONS.get(path.split("/")[3], OTHERS)


def _described(document: Json, path: str, method: str, it: Json) -> Described:
    media_type, schema = _content(it.get("requestBody", {}))
    return Described(
        anchor=it["operationId"],
        method=method.upper(),
        path=path,
        summary=it.get("summary", ""),
        note=it.get("description", ""),
        actions=tuple(it["x-action"]),
        parameters=tuple(_parameter(document, one) for one in it.get("parameters", [])),
        body=_fields(document, schema, ""),
        body_type=media_type,
        answers=tuple(_answer(document, status, one) for status, one in it["responses"].items()),
        example=_example(document, path, method, it),
    )


def _content(holder: Json) -> tuple[str, Json]:
    content = holder.get("content", {})
    media_type = next(iter(content), "")
    return media_type, content.get(media_type, {}).get("schema", {})


def _parameter(document: Json, one: Json) -> Field:
    schema = one.get("schema", {})
    note = one.get("description", "") or schema.get("description", "")
    return Field(one["name"], one["in"], _kind(document, schema), one.get("required", False), note)


def _answer(document: Json, status: str, one: Json) -> Answer:
    media_type, schema = _content(one)
    fields = () if status == "default" else _fields(document, schema, "")
    return Answer(status, media_type, fields)


def _fields(document: Json, schema: Json, place: str) -> tuple[Field, ...]:
    """The properties of an object, or of the objects in a list."""
    schema = _resolved(document, schema)
    if schema.get("type") == "array":
        schema = _resolved(document, schema.get("items", {}))
    needed = set(schema.get("required", []))
    return tuple(
        Field(name, place, _kind(document, one), name in needed, one.get("description", ""))
        for name, one in schema.get("properties", {}).items()
    )


def _resolved(document: Json, schema: Json) -> Json:
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema


def _kind(document: Json, schema: Json) -> str:
    """``string (uuid)``, ``integer 1–365``, ``list of string``, ``"a" | "b"``; objects by their name."""
    if "$ref" in schema:
        named = _resolved(document, schema)
        return _kind(document, named) if "enum" in named else str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(_kind(document, one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " | ".join(json.dumps(one) for one in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_kind(document, schema.get('items', {}))}"
    return f"{schema.get('type', 'any')}{_form(schema)}"


def _form(schema: Json) -> str:
    bounds = [
        schema.get(low, schema.get(high))
        for low, high in (("minimum", "minLength"), ("maximum", "maxLength"))
    ]
    form = f" ({schema['format']})" if "format" in schema else ""
    if bounds == [None, None]:
        return form
    least, most = ("" if bound is None else f"{bound:g}" for bound in bounds)
    return f"{form} {least}–{most}"


def _example(document: Json, path: str, method: str, it: Json) -> str:
    """A command to copy. The token is read from a file: on a command line it would stand in the list of processes."""
    media_type, schema = _content(it.get("requestBody", {}))
    lines = ["curl" if method == "get" else f"curl -X {method.upper()}"]
    if it["security"]:
        lines.append("-H @token-header.txt")
    if media_type == "application/json":
        lines += [f"-H 'Content-Type: {media_type}'", f"--data '{json.dumps(_sample(document, schema))}'"]
    elif media_type:
        lines += [f"-H 'Content-Type: {media_type}'", "--upload-file FILE"]
    query = "&".join(f"{one['name']}=…" for one in it.get("parameters", []) if _is_needed(one))
    lines.append(f"'$ARCHIVE{path}{'?' + query if query else ''}'".replace("'$ARCHIVE", '"$ARCHIVE"\''))
    return " \\\n  ".join(lines)


def _is_needed(parameter: Json) -> bool:
    return parameter["in"] == "query" and bool(parameter.get("required"))


def _sample(document: Json, schema: Json) -> Any:
    schema = _resolved(document, schema)
    if "anyOf" in schema:
        return _sample(document, schema["anyOf"][0])
    if "default" in schema or "const" in schema:
        return schema.get("default", schema.get("const"))
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        needed = schema.get("required", [])
        return {
            name: _sample(document, one)
            for name, one in schema.get("properties", {}).items()
            if name in needed
        }
    if kind == "array":
        return [_sample(document, schema.get("items", {}))]
    plain: Json = {"integer": schema.get("minimum", 1), "number": 0.5, "boolean": True}
    return plain.get(str(kind), "…")
