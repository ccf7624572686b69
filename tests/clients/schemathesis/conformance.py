"""Reads an answer again, against the schema and the document that was asked, and tells every way in which it breaks its word.

What it holds answers to is the section "Response" of the GraphQL specification (September 2025): each selected field is there once, in the
order of the document; nothing non-null is null; each leaf is a value of its type; what failed is null and has an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_directive_values,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective

# What a value of each scalar of the schema looks like.
_TEXTS = {
    "CurrencyCode": r"[A-Z]{3}",
    "Date": r"\d{4}-\d\d-\d\d",
    "DateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
    "Decimal": r"-?\d+(\.\d+)?",
    "ID": r".+",
    "LocalTime": r"\d\d:\d\d(:\d\d)?",
    "Markdown": r"[\s\S]*",
    "String": r"[\s\S]*",
    "TimeZone": r"[A-Za-z0-9_+\-/]+",
    "Url": r"[a-z]+:[^\s]+",
}

Path = tuple[str | int, ...]


def problems(schema: GraphQLSchema, document: DocumentNode, status: int, payload: Any) -> list[str]:
    """Every way in which `payload`, answered with the HTTP `status`, is not an answer to `document` by this schema.

    The document has one operation and no variables, as those that are generated do.
    """
    if not isinstance(payload, dict):
        return ["the answer is not an object"]
    found = [f"the answer has an unknown member `{key}`" for key in payload if key not in ("data", "errors", "extensions")]
    errors = payload.get("errors")
    if errors is not None and not (isinstance(errors, list) and errors):
        found.append("`errors` is there and is not a list of errors")
        errors = None
    for error in errors or []:
        found += _error(error)
    if errors is None and "data" not in payload:
        found.append("neither data nor errors")
    if "data" not in payload:
        expected = 400 <= status < 600
    else:
        expected = status == (294 if errors else 200)
    if not expected:
        found.append(f"the status {status} does not say what the answer does")
    if payload.get("data") is not None:
        operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
        root = schema.get_root_type(operation.operation)
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        reading = _Reading(schema, fragments)
        found += reading.value(root, [operation.selection_set], payload["data"], ())
        failed = [tuple(error["path"]) for error in errors or [] if isinstance(error, dict) and error.get("path")]
        found += [f"{_at(path)}: an error stands where there is a value" for path in failed if not _is_null(payload["data"], path)]
    elif "data" in payload and not errors:
        found.append("`data` is null without an error")
    return found


def _error(error: Any) -> Iterator[str]:
    if not isinstance(error, dict):
        yield "an error is not an object"
        return
    if not (isinstance(error.get("message"), str) and error["message"]):
        yield "an error has no message"
    code = error.get("extensions", {}).get("code")
    if not isinstance(code, str):
        yield f"an error has no code: {error.get('message')}"
    elif code.startswith("INTERNAL"):
        yield f"an error of our own: {error.get('message')}"


def _at(path: Path) -> str:
    return ".".join(map(str, path)) or "the root"


def _is_null(data: Any, path: Path) -> bool:
    """Whether what `path` leads to is null, or something on the way."""
    for step in path:
        if data is None:
            return True
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return False
    return data is None


class _Reading:
    def __init__(self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self.schema = schema
        self.fragments = fragments

    def value(self, kind: Any, selections: list[SelectionSetNode | None], value: Any, path: Path) -> list[str]:
        if is_non_null_type(kind):
            if value is None:
                return [f"{_at(path)}: null in {kind}"]
            return self.value(kind.of_type, selections, value, path)
        if value is None:
            return []
        if is_list_type(kind):
            if not isinstance(value, list):
                return [f"{_at(path)}: not a list"]
            return [
                problem
                for place, item in enumerate(value)
                for problem in self.value(kind.of_type, selections, item, (*path, place))
            ]
        if is_leaf_type(kind):
            return [] if _is_leaf(get_named_type(kind), value) else [f"{_at(path)}: {value!r} is no {kind}"]
        if not isinstance(value, dict):
            return [f"{_at(path)}: not an object"]
        if not is_abstract_type(kind):
            return self.object(kind, selections, value, path)
        # Which of its types it is, is known where the document asks; elsewhere it must fit one of them.
        tried = [self.object(possible, selections, value, path) for possible in self.schema.get_possible_types(kind)]
        return min(tried, key=len)

    def object(self, kind: GraphQLObjectType, selections: list[SelectionSetNode | None], value: dict, path: Path) -> list[str]:
        fields: dict[str, list[FieldNode]] = {}
        for selection_set in selections:
            self.collect(kind, selection_set, fields)
        if list(value) != list(fields):
            return [f"{_at(path)}: the keys are {list(value)}, asked were {list(fields)}"]
        found = []
        for key, nodes in fields.items():
            name = nodes[0].name.value
            if name == "__typename":
                found += [] if value[key] == kind.name else [f"{_at((*path, key))}: {value[key]!r} is not {kind.name}"]
                continue
            inner = [node.selection_set for node in nodes if node.selection_set]
            found += self.value(self.schema.get_field(kind, name).type, inner, value[key], (*path, key))
        return found

    def collect(self, kind: GraphQLObjectType, selection_set: SelectionSetNode | None, fields: dict[str, list[FieldNode]]) -> None:
        for node in selection_set.selections if selection_set else ():
            skip = get_directive_values(GraphQLSkipDirective, node)
            include = get_directive_values(GraphQLIncludeDirective, node)
            if (skip and skip["if"]) or (include and not include["if"]):
                continue
            if isinstance(node, FieldNode):
                fields.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
                continue
            fragment: FragmentDefinitionNode | InlineFragmentNode
            fragment = self.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            condition = fragment.type_condition
            if condition is None or self.applies(condition.name.value, kind):
                self.collect(kind, fragment.selection_set, fields)

    def applies(self, name: str, kind: GraphQLObjectType) -> bool:
        condition = self.schema.type_map[name]
        return condition is kind or (is_abstract_type(condition) and self.schema.is_sub_type(condition, kind))


def _is_leaf(kind: GraphQLNamedType, value: Any) -> bool:
    if isinstance(kind, GraphQLEnumType):
        return isinstance(value, str) and value in kind.values
    if kind.name == "JSON":
        return True
    if kind.name == "Boolean":
        return isinstance(value, bool)
    if kind.name == "Int":
        return isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31
    if kind.name == "Float":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    pattern = _TEXTS.get(kind.name)
    return pattern is not None and isinstance(value, str) and re.fullmatch(pattern, value) is not None
