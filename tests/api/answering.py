"""The description of the interface, narrowed to things that are in the house, so that what is asked for can succeed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.furnishing import Furnished
from tests.web.visiting import Visitors

Json = dict[str, Any]

HERE = Path(__file__).parent
METHODS = ("get", "post", "put", "patch", "delete")


def keeps_its_word(web: Visitors, token: str | None, *options: str, description: Json | None = None) -> None:
    """Fails with what schemathesis found. ``description``: another than the one that is served."""
    place = f"{web.address}/api/v1/openapi.json"
    where: list[str] = []
    if description is not None:
        file = web.scratch / "described.json"
        file.write_text(json.dumps(description), "utf-8")
        place, where = str(file), ["--url", web.address]
    done = subprocess.run(
        [
            *(
                Path(sys.executable).with_name("st"),
                "--config-file",
                HERE / "schemathesis.toml",
                "--no-color",
            ),
            *("run", place, *where, "--checks", "all", "--warnings", "off"),
            *("--generation-deterministic", "--continue-on-failure", "--request-timeout", "15"),
            *("-H", f"Authorization: Bearer {token}", *options),
        ],
        cwd=web.scratch,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def narrowed(it: Furnished) -> Json:
    """Ids of paths are those of things in the house; so are the names that bodies and questions are filled with."""
    _begun(it)
    answer = it.web.program(it.web.house.archivist).get("/api/v1/openapi.json")
    document: Json = answer.json()
    known = {
        "items": str(it.ids["items"]),
        "item": str(it.ids["items"]),
        "record": f"item:{it.ids['items']}",
        "volume": str(it.ids["volumes"]),
        "matter": str(it.ids["matters"]),
        "fonds": "A001",
        "unit": "C1",
        "role": "claims_handler",
        "handler": "handler",
        "reader": "handler",
        "second_person": "legal",
        "revision": 1,
        "template": "cn.claim",
        "pages": str(it.ids["pages"]),
        "batch": str(it.ids["batches"]),
    }
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                _narrow(document, methods[method], _paths(it, path), known)
    return document


def _begun(it: Furnished) -> None:
    """An upload in parts, and the page, the folder and the supplement that the furnished desks hold."""
    archivist = it.web.house.archivist
    sent = {"name": "parts.pdf", "size": 100, "fonds": "A001"}
    it.ids["uploads"] = UUID(it.ask(archivist, "POST", "/deposits", json=sent).json()["deposit"])
    pages = it.ask(archivist, "GET", f"/quality/items/{it.ids['marked']}/pages").json()["pages"]
    it.ids["pages"] = UUID(pages[-1]["uid"])
    folder = it.ask(archivist, "GET", f"/volumes/{it.ids['archived']}/binding").json()
    it.ids["supplements"] = UUID(folder["supplements"][0]["uid"])


FOLDERS = {
    "/binding/check": "checking",
    "/binding/take-back": "checking",
    "/binding/send-back": "checked",
    "/binding/archive": "checked",
    "/supplements": "archived",
    "/prints/": "archived",
    "/binding": "arranging",
}
"""What a route does to a folder, and the folder that is where this can be done: the first that fits."""


def _paths(it: Furnished, path: str) -> dict[str, str]:
    """``/api/v1/matters/{uid}/items/{item}``: the matter, and the item in it."""
    parts = path.split("/")
    folder = next((it.ids[state] for act, state in FOLDERS.items() if act in path), it.ids["volumes"])
    begun = it.ids["uploads"] if "/parts" in path or path.endswith("/finish") else it.ids["deposits"]
    ids = {**it.ids, "volumes": folder, "deposits": begun}
    return {
        part[1:-1]: str(ids[parts[place - 1]]) if parts[place - 1] in ids else ""
        for place, part in enumerate(parts)
        if part.startswith("{")
    }


def _narrow(document: Json, operation: Json, path: dict[str, str], known: dict[str, Any]) -> None:
    asked = {name: known[name] for name in ("record", "fonds")}
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        value = path.get(name) if parameter["in"] == "path" else asked.get(name)
        if value:
            _only(parameter["schema"], value)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        body = document["components"]["schemas"].get(content["schema"].get("$ref", "").rpartition("/")[2], {})
        for name, schema in body.get("properties", {}).items():
            if name in known:
                _only(schema, known[name])


def _only(schema: Json, value: Any) -> None:
    """A list takes the value as its item; what may be null stays so."""
    if schema.get("type") == "array":
        _only(schema["items"], value)
        return
    for one in schema.get("anyOf", [schema]):
        if one.get("type") != "null":
            one.clear()
            one.update({"type": "integer" if isinstance(value, int) else "string", "enum": [value]})


def operations_of(document: Json, may: set[str]) -> set[str]:
    """Ids of what somebody may do first of all that the route does; public routes are everybody's."""
    return {
        operation["operationId"]
        for methods in document["paths"].values()
        for method, operation in methods.items()
        if method in METHODS and set(operation["x-action"][:1]) <= may
    }
