"""Python gql against the running server: the shared documents, validated against the schema before they are sent."""

from __future__ import annotations

import pathlib
import unittest

from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from graphql import DocumentNode, FragmentDefinitionNode, GraphQLError, OperationDefinitionNode, parse, separate_operations

from sign_in import URL, mailed_code

CLIENTS = pathlib.Path(__file__).parents[1]
SCHEMA = (CLIENTS.parents[1] / "schema.graphql").read_text(encoding="utf-8")
SHARED = "\n".join(path.read_text(encoding="utf-8") for path in sorted((CLIENTS / "documents").glob("*.graphql")))
DOCUMENTS: dict[str, DocumentNode] = separate_operations(parse(SHARED))
SAMPLE = "core-practice-of-palliative-care"


def client(token: str | None = None, url: str = URL, schema: str | None = SCHEMA) -> Client:
    headers = {"Accept": "application/graphql-response+json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    return Client(transport=RequestsHTTPTransport(url=f"{url}/graphql", headers=headers, timeout=10), schema=schema)


def ask(at: Client, name: str, **variables: object) -> dict:
    return at.execute(GraphQLRequest(DOCUMENTS[name], variable_values=variables))


def signed_in(email: str) -> Client:
    asked = ask(client(), "RequestSignInCode", input={"email": email})["requestSignInCode"]
    signed = ask(client(), "SignIn", input={"requestId": asked["signInRequest"]["id"], "code": mailed_code(email)})["signIn"]
    return client(signed["signedIn"]["token"])


class PythonGql(unittest.TestCase):
    def test_what_is_asked_is_validated_here(self) -> None:
        with self.assertRaisesRegex(GraphQLError, "colour"):
            client().execute(gql("{ courses { nodes { colour } } }"))

    def test_a_course_page(self) -> None:
        course = ask(client(), "CoursePage", slug=SAMPLE)["course"]
        self.assertEqual(course["slug"], SAMPLE)
        self.assertIn("nurse", [price["profession"]["code"] for price in course["prices"]])

    def test_registering_and_the_refusal_of_a_second_time(self) -> None:
        learner = signed_in("python-gql@example.org")
        course = ask(client(), "CoursePage", slug=SAMPLE)["course"]
        wanted = {"courseId": course["id"], "trackId": course["tracks"][0]["id"], "professionCode": "nurse"}
        done = ask(learner, "Register", input={**wanted, "idempotencyKey": "first"})["register"]
        self.assertIsNone(done["refusal"])
        self.assertEqual(done["registration"]["status"], "STARTED")

        again = ask(learner, "Register", input={**wanted, "idempotencyKey": "second"})["register"]
        self.assertIsNone(again["registration"])
        self.assertEqual(again["refusal"]["code"], "ALREADY_REGISTERED")

        ended = ask(learner, "CancelRegistration", input={"registrationId": done["registration"]["id"]})["cancelRegistration"]
        self.assertEqual(ended["registration"]["status"], "CANCELLED")
        mine = ask(learner, "Me")["viewer"]["registrations"]["nodes"]
        self.assertEqual([registration["status"] for registration in mine], ["CANCELLED"])

    def test_pages(self) -> None:
        ids, after = [], None
        for _ in range(100):
            page = ask(client(), "Sessions", first=5, after=after)["sessions"]
            ids += [edge["node"]["id"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        self.assertEqual(len(set(ids)), len(ids))
        whole = ask(client(), "Sessions", first=100)["sessions"]["edges"]
        self.assertEqual(ids, [edge["node"]["id"] for edge in whole])

    def test_what_is_wrong_is_seen(self) -> None:
        with self.assertRaisesRegex(TransportQueryError, "colour") as unknown:
            client(schema=None).execute(gql("{ courses { nodes { id colour } } }"))
        self.assertTrue(unknown.exception.errors[0]["extensions"]["code"])
        with self.assertRaisesRegex(TransportQueryError, "first"):
            ask(client(schema=None), "Sessions", first="many")
        with self.assertRaises(TransportQueryError) as stranger:
            ask(client(token="lct_of-somebody-who-never-was"), "Me")
        self.assertEqual(stranger.exception.errors[0]["extensions"]["code"], "TOKEN_UNKNOWN")


if __name__ == "__main__":
    unittest.main()
