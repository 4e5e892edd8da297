"""What the API page shows, from the API's own description."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """A field of a request.

    ``where`` is ``query``, ``path``, ``form`` or ``json``; ``kind`` is ``file``, ``choice``, ``number`` or ``text``.
    """

    name: str
    where: str
    kind: str
    required: bool
    repeated: bool
    description: str
    choices: tuple[str, ...]
    default: str


@dataclass(frozen=True)
class Result:
    """A field of an answer, nested ones as ``predictions[].box.x0``."""

    name: str
    kind: str
    description: str


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    summary: str
    description: str
    fields: tuple[Field, ...]
    results: tuple[Result, ...]
    statuses: Mapping[str, str]

    @property
    def anchor(self) -> str:
        """Its name within the page."""
        return f"{self.method}{self.path}".replace("/", "-").strip("-")


def described(openapi: _Schema) -> list[Operation]:
    """Return the operations in the order of the description."""
    schemas = openapi.get("components", {}).get("schemas", {})
    return [
        Operation(
            method=method,
            path=path,
            summary=operation["summary"],
            description=operation.get("description", ""),
            fields=tuple(_fields(operation, schemas)),
            results=tuple(_results(_answer(operation), schemas, "")),
            statuses={status: response["description"] for status, response in operation["responses"].items()},
        )
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    ]


def _answer(operation: _Schema) -> _Schema:
    content = operation["responses"]["200"].get("content", {})
    found: _Schema = content.get("application/json", {}).get("schema", {})
    return found


def _fields(operation: _Schema, schemas: _Schema) -> Iterator[Field]:
    for each in operation.get("parameters", ()):
        yield _field(each["name"], each["in"], each["schema"], schemas, each.get("required", False), each)
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = _resolved(content["schema"], schemas)
        required = schema.get("required", ())
        for name, part in schema["properties"].items():
            yield _field(name, "json" if kind == "application/json" else "form", part, schemas, name in required, part)


def _field(name: str, where: str, schema: _Schema, schemas: _Schema, required: bool, about: _Schema) -> Field:
    whole = _resolved(schema, schemas)
    part = _resolved(whole.get("items", whole), schemas)
    choices = tuple(map(str, part.get("enum", ())))
    is_file = part.get("format") == "binary" or "contentMediaType" in part
    kind = "file" if is_file else "choice" if choices else "text"
    if part.get("type") in ("number", "integer"):
        kind = "number"
    text = about.get("description") or whole.get("description") or ""
    default = whole.get("default")
    return Field(name, where, kind, required, "items" in whole, text, choices, "" if default is None else str(default))


def _results(schema: _Schema, schemas: _Schema, prefix: str) -> Iterator[Result]:
    whole = _resolved(schema, schemas)
    if "items" in whole:
        yield from _results(whole["items"], schemas, f"{prefix}[]")
        return
    for name, part in whole.get("properties", {}).items():
        path = f"{prefix}.{name}" if prefix else name
        found = _resolved(part, schemas)
        inner = _resolved(found.get("items", found), schemas)
        kind = "list" if "items" in found else str(found.get("type", "")) or "any"
        yield Result(path, "one of its values" if "enum" in found else kind, part.get("description", ""))
        if "properties" in inner:
            yield from _results(part, schemas, path)


def _resolved(schema: _Schema, schemas: _Schema) -> _Schema:
    """Return the schema that a reference names, and of "this or null" this."""
    if "$ref" in schema:
        return {**schemas[schema["$ref"].rpartition("/")[2]], **{k: v for k, v in schema.items() if k != "$ref"}}
    for each in schema.get("anyOf", ()):
        if each.get("type") != "null":
            return {**_resolved(each, schemas), **{k: v for k, v in schema.items() if k != "anyOf"}}
    return schema
