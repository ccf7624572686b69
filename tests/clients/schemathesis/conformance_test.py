"""What `conformance` finds, and what it lets pass."""

import unittest

from graphql import build_schema, parse

from conformance import problems

SCHEMA = build_schema(
    """
    scalar Date
    enum Colour { RED GREEN }
    interface Node { id: ID! }
    type Course implements Node { id: ID! title: String! starts: Date colour: Colour! seats: Int tags: [String!]! next: Course }
    type Person implements Node { id: ID! name: String! }
    type Query { course: Course node: Node hello: String! }
    """
)
ERROR = {"message": "It went wrong.", "extensions": {"code": "SOME"}}


class Conformance(unittest.TestCase):
    def finds(self, text: str, query: str, data: object, *, status: int | None = None, errors: list | None = None) -> None:
        payload = {"data": data} if errors is None else {"errors": errors, "data": data}
        found = problems(SCHEMA, parse(query), status or (294 if errors else 200), payload)
        self.assertTrue(any(text in problem for problem in found), found)

    def passes(self, query: str, data: object, *, errors: list | None = None) -> None:
        payload = {"data": data} if errors is None else {"errors": errors, "data": data}
        self.assertEqual(problems(SCHEMA, parse(query), 294 if errors else 200, payload), [])

    def test_good_answers_pass(self) -> None:
        self.passes("{ hello }", {"hello": "you"})
        self.passes("{ course { title tags } hello }", {"course": None, "hello": "you"})
        self.passes("{ course { next { id } } course { next { t: title } } }", {"course": {"next": {"id": "1", "t": "a"}}})
        self.passes("{ node { ... on Course { title } __typename id } }", {"node": {"title": "a", "__typename": "Course", "id": "1"}})
        self.passes("{ node { ... on Course { title } } }", {"node": {}})
        self.passes("{ node { ...F } } fragment F on Node { id }", {"node": {"id": "1"}})
        self.passes("{ course { id @skip(if: true) title @include(if: true) } }", {"course": {"title": "a"}})
        self.passes("{ course { id } }", {"course": None}, errors=[{**ERROR, "path": ["course", "id"]}])

    def test_keys(self) -> None:
        self.finds("the keys are", "{ course { id title } }", {"course": {"id": "1"}})
        self.finds("the keys are", "{ course { id title } }", {"course": {"title": "a", "id": "1"}})
        self.finds("the keys are", "{ course { id } }", {"course": {"id": "1", "title": "a"}})
        self.finds("the keys are", "{ course { id @skip(if: true) } }", {"course": {"id": "1"}})

    def test_nulls(self) -> None:
        self.finds("course.title: null in String!", "{ course { title } }", {"course": {"title": None}})
        self.finds("course.tags.1: null in String!", "{ course { tags } }", {"course": {"tags": ["a", None]}})
        self.finds("an error stands where there is a value", "{ hello }", {"hello": "a"}, errors=[{**ERROR, "path": ["hello"]}])
        self.finds("without an error", "{ hello }", None)

    def test_values(self) -> None:
        self.finds("is no Colour", "{ course { colour } }", {"course": {"colour": "BLUE"}})
        self.finds("is no Int", "{ course { seats } }", {"course": {"seats": 2**31}})
        self.finds("is no Date", "{ course { starts } }", {"course": {"starts": "today"}})
        self.finds("not a list", "{ course { tags } }", {"course": {"tags": "a"}})
        self.finds("is not Course", "{ course { __typename } }", {"course": {"__typename": "Person"}})

    def test_errors_and_statuses(self) -> None:
        self.finds("does not say", "{ hello }", {"hello": "a"}, status=294)
        self.finds("does not say", "{ course { id } }", {"course": None}, status=200, errors=[ERROR])
        self.finds("has no code", "{ course { id } }", {"course": None}, errors=[{"message": "no"}])
        self.finds("of our own", "{ course { id } }", {"course": None}, errors=[{"message": "no", "extensions": {"code": "INTERNAL"}}])
        self.assertEqual(problems(SCHEMA, parse("{ hello }"), 422, {"errors": [ERROR]}), [])
        self.assertEqual(problems(SCHEMA, parse("{ hello }"), 422, {}), ["neither data nor errors"])
        self.assertEqual(problems(SCHEMA, parse("{ hello }"), 200, []), ["the answer is not an object"])


if __name__ == "__main__":
    unittest.main()
