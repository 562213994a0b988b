#!/usr/bin/python3
"""Judges requests and responses by the vendor's schema (openapi.json); ORIGIN.md describes the input.

Exit codes: 0 all valid, 1 some are not (one line for each fault), 2 the input cannot be read.
"""

import json
import os
import sys
from urllib.parse import parse_qsl, urlsplit

from jsonschema import Draft202012Validator

HERE = os.path.dirname(os.path.abspath(__file__))
BASE = "/api/v1"


def translated(schema):
    """An OpenAPI 3.0 schema as JSON Schema 2020-12: what differs is `nullable`, the boolean bounds and binary strings."""
    if isinstance(schema, list):
        return [translated(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {}
    for key, value in schema.items():
        if key in ("nullable", "example", "examples", "discriminator", "xml", "externalDocs", "deprecated", "default"):
            continue
        if key in ("properties", "patternProperties", "definitions"):
            result[key] = {name: translated(item) for name, item in value.items()}
        elif key in ("enum", "required"):
            result[key] = value
        else:
            result[key] = translated(value)
    # In 3.0, `exclusiveMinimum: true` makes the neighbouring `minimum` exclusive.
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if result.get(exclusive) is True:
            result[exclusive] = result.pop(bound)
        elif result.get(exclusive) is False:
            del result[exclusive]
    if schema.get("nullable"):
        # `enum` would still refuse null, so the alternative stands beside the whole schema.
        return {"anyOf": [{"type": "null"}, result]}
    return result


def flattened(schema, components):
    """Merges an `allOf` of objects into one: `additionalProperties: false` inside it would refuse its siblings' names."""
    if "$ref" in schema and schema["$ref"].startswith("#/components/schemas/"):
        schema = components[schema["$ref"].rsplit("/", 1)[1]]
    if "allOf" not in schema:
        return schema
    merged = {key: value for key, value in schema.items() if key != "allOf"}
    for part in schema["allOf"]:
        part = flattened(part, components)
        for key, value in part.items():
            if key == "properties":
                names = merged.setdefault("properties", {})
                for name, rule in value.items():
                    names[name] = {"allOf": [names[name], rule]} if name in names else rule
            elif key == "required":
                merged["required"] = sorted(set(merged.get("required", [])) | set(value))
            else:
                merged.setdefault(key, value)
    return merged


class Schema:
    def __init__(self, document):
        self.paths = document["paths"]
        self.components = document["components"]["schemas"]
        self.translated_components = {"schemas": translated(self.components)}

    def validator(self, schema):
        schema = translated(flattened(schema, self.components))
        return Draft202012Validator({**schema, "components": self.translated_components})

    def faults(self, schema, value, where):
        for error in sorted(self.validator(schema).iter_errors(value), key=lambda error: list(map(str, error.path))):
            place = "/".join(map(str, error.path))
            yield f"{where}{'/' + place if place else ''}: {shortened(error.message)}"
            for inner in error.context or ():
                yield f"{where}/{'/'.join(map(str, inner.absolute_path))}: (one of several) {shortened(inner.message)}"

    def operation(self, message):
        split = urlsplit(message["path"])
        path = split.path[len(BASE):] if split.path.startswith(BASE + "/") else split.path
        operation = self.paths.get(path, {}).get(message["method"].lower())
        return operation, dict(parse_qsl(split.query, keep_blank_values=True))

    def judge(self, message):
        """The faults of one message, as texts."""
        operation, query = self.operation(message)
        if operation is None:
            if message["kind"] == "response" and message["status"] in (404, 405):
                yield from self.judge_body({"application/json": {"schema": self.components["StandardError"]}}, message)
            else:
                yield f"{message['method']} {message['path']} is not in the schema"
            return
        if message["kind"] == "request":
            yield from self.judge_query(operation, query)
            body = operation.get("requestBody")
            if body is not None:
                yield from self.judge_body(body["content"], message)
            elif message.get("body") is not None:
                yield "a body where the schema has none"
            return
        status = message["status"]
        response = operation["responses"].get(str(status))
        if response is not None:
            yield from self.judge_body(response.get("content", {}), message)
        elif 400 <= status <= 599:
            yield from self.judge_body({"application/json": {"schema": self.components["StandardError"]}}, message)
        else:
            yield f"status {status} is not in the schema"

    def judge_query(self, operation, query):
        parameters = {p["name"]: p for p in operation.get("parameters", ()) if p["in"] == "query"}
        for name, value in query.items():
            if name not in parameters:
                yield f"query: '{name}' is not in the schema"
                continue
            rule = parameters[name]["schema"]
            if rule.get("type") in ("integer", "number") and value.lstrip("-").isdigit():
                value = int(value)
            yield from self.faults(rule, value, f"query/{name}")
        for name, parameter in parameters.items():
            if parameter.get("required") and name not in query:
                yield f"query: '{name}' is missing"

    def judge_body(self, content, message):
        media = (message.get("contentType") or "").split(";")[0].strip().lower()
        if media not in content:
            yield f"content type '{media}' is not one of {', '.join(sorted(content)) or 'none'}"
            return
        schema = content[media].get("schema", {})
        body = message.get("body")
        if schema.get("format") == "binary":
            if body is not None and not isinstance(body, str):
                yield f"body: bytes expected, a JSON {type(body).__name__} found"
            return
        yield from self.faults(schema, body, "body")


def shortened(text):
    """Messages quote the value; a base64 picture would fill the screen."""
    return text if len(text) <= 300 else f"{text[:140]} ... {text[-140:]}"


def check_form(message):
    for key in ("kind", "method", "path"):
        if not isinstance(message.get(key), str):
            raise ValueError(f"'{key}' is missing")
    if message["kind"] not in ("request", "response"):
        raise ValueError(f"'kind' is '{message['kind']}', neither 'request' nor 'response'")
    if message["kind"] == "response" and not isinstance(message.get("status"), int):
        raise ValueError("'status' is missing")


def main(names):
    with open(os.path.join(HERE, "openapi.json"), encoding="utf-8") as file:
        schema = Schema(json.load(file))
    valid = True
    for name in names or ["-"]:
        source = sys.stdin.buffer if name == "-" else open(name, "rb")
        with source:
            for number, line in enumerate(source, 1):
                if not line.strip():
                    continue
                where = f"{'standard input' if name == '-' else name}:{number}"
                try:
                    message = json.loads(line)
                    check_form(message)
                except (ValueError, AttributeError) as error:
                    print(f"{where}: cannot be read: {error}", file=sys.stderr)
                    return 2
                label = f"{message['kind']} {message['method']} {message['path']}"
                if "status" in message:
                    label += f" {message['status']}"
                if "name" in message:
                    label += f" ({message['name']})"
                for fault in schema.judge(message):
                    valid = False
                    print(f"{where}: {label}: {fault}")
    return 0 if valid else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
