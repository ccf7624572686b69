"""Schemathesis against the running server, half of the time as nobody and half of the time as staff.

SCHEMATHESIS_SECONDS says for how long (300), SCHEMATHESIS_SEED from where chance starts (1, so that what failed can be had again; another
number, or `random`, goes elsewhere). What fails is an answer with a status of 500 or more, an answer that is not what the schema and
the document promise, and a time that is too short to ask every field. `run` sees whether the server lives.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from sign_in import signed_in

HERE = pathlib.Path(__file__).parent
URL = os.environ["LECTERN_URL"]


def run(name: str, seconds: int, *options: str) -> bool:
    """Asks for that long; whether nothing was found and every field of the roots was asked."""
    print(f"\n-- as {name}, for {seconds} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        told = ["--report", "json", "--report-json-path", str(report)]
        seed = os.environ.get("SCHEMATHESIS_SEED") or "1"
        chance = [] if seed == "random" else ["--seed", seed]
        asking = ["run", f"{URL}/graphql", "--max-time", str(seconds), *chance, *told, *options]
        command = [sys.executable, "-m", "schemathesis.cli", *asking]
        ended = subprocess.run(command, cwd=HERE, check=False).returncode
        asked = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    operations = asked.get("operations") or {"selected": 0, "tested": 0}
    cases = asked.get("test_cases", {}).get("generated", 0)
    print(f"SUMMARY as {name}: {cases} requests to {operations['tested']} of {operations['selected']} fields, exit code {ended}", flush=True)
    return ended == 0 and cases > 0 and operations["tested"] == operations["selected"]


def main() -> int:
    subprocess.run([sys.executable, "-m", "unittest", "conformance_test"], cwd=HERE, check=True)
    half = max(1, int(os.environ.get("SCHEMATHESIS_SECONDS") or 300) // 2)
    token = signed_in("schemathesis-office@example.org")
    accept = ["--header", "Accept: application/graphql-response+json"]
    good = run("nobody", half, *accept)
    # Signing out would end the token with which all the rest is asked.
    good &= run("staff", half, *accept, "--header", f"Authorization: Bearer {token}", "--exclude-name", "Mutation.signOut")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
