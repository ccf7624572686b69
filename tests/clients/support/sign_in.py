"""Signing in, for the clients in Python: a code is asked for, read in the server's local mailbox, and traded for a token."""

from __future__ import annotations

import html
import os
import re
import time

import requests

URL = os.environ["LECTERN_URL"]

REQUEST = "mutation Request($email: String!) { requestSignInCode(input: { email: $email }) { signInRequest { id } refusal { message } } }"
SIGN_IN = "mutation SignIn($input: SignInInput!) { signIn(input: $input) { signedIn { token } refusal { message } } }"


def mailed_code(email: str, seconds: float = 20) -> str:
    """The sign-in code in the newest letter to `email`, as soon as it is in the server's local mailbox."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        listed = requests.get(f"{URL}/mailbox", timeout=10).text
        for to, path, subject in re.findall(r'<td>([^<]*)</td><td><a href="([^"]+)">([^<]*)</a>', listed):
            if to == email and subject.startswith("Your sign-in code"):
                shown = html.unescape(requests.get(URL + path, timeout=10).text)
                if code := re.search(r"Here is your sign-in code:\s+([A-Z0-9]{8})\s", shown):
                    return code[1]
        time.sleep(0.1)
    raise TimeoutError(f"no sign-in code for {email} came within {seconds} s")


def signed_in(email: str) -> str:
    """A bearer token of the person with that address."""
    asked = _mutate(REQUEST, {"email": email})["requestSignInCode"]["signInRequest"]
    return _mutate(SIGN_IN, {"input": {"requestId": asked["id"], "code": mailed_code(email)}})["signIn"]["signedIn"]["token"]


def _mutate(query: str, variables: dict) -> dict:
    answer = requests.post(f"{URL}/graphql", json={"query": query, "variables": variables}, timeout=10).json()
    if "errors" in answer:
        raise RuntimeError(answer["errors"][0]["message"])
    return answer["data"]
