"""What Schemathesis is taught of this API: values of its scalars, good ones and odd ones, and the check that every answer keeps to the schema."""

from __future__ import annotations

import dataclasses
import functools
import os
import pathlib
import zlib

import graphql
import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from conformance import problems

_MANY = st.integers(min_value=0, max_value=10**6)


def _texts(usual: st.SearchStrategy[str], *odd: str) -> st.SearchStrategy[graphql.ValueNode]:
    return st.one_of(usual, usual, usual, st.sampled_from(odd)).map(nodes.String)


for _name, _strategy in {
    "CurrencyCode": _texts(st.sampled_from(["USD", "EUR", "JPY"]), "usd", "XXX", "", "DOLLAR"),
    "Date": _texts(st.dates().map(str), "2026-02-30", "0000-01-01", "9999-12-31", "-0001-01-01", "2026-2-3", "tomorrow", ""),
    "DateTime": _texts(
        st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
        "2026-06-30T23:59:60Z",
        "9999-12-31T23:59:59.999999999+14:00",
        "0000-01-01T00:00:00Z",
        "2026-01-01T25:00:00Z",
        "2026-01-01",
        "",
    ),
    "Decimal": _texts(_MANY.map(lambda cents: f"{cents // 100}.{cents % 100:02}"), "-1", "1e9", "NaN", "0.001", "9" * 40, "", "1,00"),
    "JSON": st.sampled_from(["", "{}", "a text"]).map(nodes.String),
    "LocalTime": _texts(st.times().map(lambda at: f"{at:%H:%M}"), "24:00", "02:30:59.9", "25:00", "", "noon"),
    "Markdown": _texts(st.text(max_size=200), "[a](javascript:x)", "# " * 500),
    "TimeZone": _texts(st.sampled_from(["America/New_York", "Asia/Kathmandu", "UTC"]), "Nowhere/Else", "../../etc", "", "EST5EDT"),
    "Url": _texts(st.just("https://www.example.org/"), "http://[", "javascript:1", "https://" + "a" * 3000, ""),
}.items():
    schemathesis.graphql.scalar(_name, _strategy)


class _Pages(graphql.Visitor):
    """Asks most pages as a client would: from one end, and from its beginning. What is made up otherwise has both ends and no cursor's form."""

    def enter_field(self, node: graphql.FieldNode, *_: object) -> graphql.FieldNode | None:
        given = {argument.name.value: argument for argument in node.arguments}
        odd = zlib.crc32(graphql.print_ast(node).encode()) % 8 == 0
        if odd or not given.keys() & {"first", "last"}:
            return None
        left_out = {"after", "before", "last" if "first" in given else ""}
        return dataclasses.replace(node, arguments=tuple(argument for name, argument in given.items() if name not in left_out))


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: graphql.DocumentNode) -> graphql.DocumentNode:
    """Changes what was made up before it is asked."""
    return graphql.visit(body, _Pages())


@functools.lru_cache
def _schema() -> graphql.GraphQLSchema:
    return graphql.build_schema(pathlib.Path(os.environ["LECTERN_SCHEMA"]).read_text(encoding="utf-8"))


@schemathesis.check
def answer_keeps_to_the_schema(ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case) -> None:
    """Whatever is answered has all that was asked for, in its order, and nothing that the schema rules out."""
    found = problems(_schema(), graphql.parse(case.body), response.status_code, response.json())
    assert not found, "\n".join(found)
