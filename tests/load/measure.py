#!/usr/bin/env python3
"""Lectern beside the same pages written by hand (handler.rs), and beside PostGraphile: one PostgreSQL, one machine, one run.

Each page is asked of each server in turn, several rounds, so that the ratios hold when the machine's speed drifts.
"""
import json, re, signal, statistics, sys, time

from ground import HERE, ROOT, Ground, ask, common_options, cpu, free_port, load, memory, post, wait_for


def main():
    options = common_options(__doc__, connections=64)
    options.add_argument("--handler", default=str(ROOT / "target/release/examples/load_handler"))
    options.add_argument("--courses", type=int, default=200)
    options.add_argument("--people", type=int, default=20)
    options.add_argument("--pages", default="", help="only pages whose name contains this")
    options = options.parse_args()
    with Ground(options.lectern) as ground:
        measure(ground, options)


def measure(ground, options):
    ground.fill("postgres", options.courses)
    tokens = people(ground, options.people)
    kept = ground.serve("postgres", "--no-worker")[:2]
    # The same without answers in memory: what a page costs that nobody has asked for since something changed.
    anew = ground.serve("postgres", "--no-worker", ANSWERS_MEMORY="0")[:2]
    port = free_port()
    by_hand = ground.start(options.handler, f"127.0.0.1:{port}", ground.cluster.url()), f"http://127.0.0.1:{port}"
    wait_for(by_hand[1])

    document = lambda name: (HERE / "documents" / f"{name}.graphql").read_text()
    body = lambda name, **variables: json.dumps({"query": document(name), "variables": variables})
    slugs = [f"course-{number}" for number in range(options.courses)]
    members = ground.cluster.psql("postgres", "-c", "select slug from faculty_member order by slug")
    seen = [body("course", slug=slug) for slug in slugs]
    # Under another name each time, so that nothing of it is known, neither plan nor answer.
    unseen = lambda times: [one.replace("CoursePage", f"Q{times}x{number}") for number, one in enumerate(seen * (20_000 // len(seen)))]
    same = lambda bodies: lambda _: bodies
    pages = {
        "course page, asked before": (kept, "/course", same(seen[:1]), None),
        "course page, other variables, nothing kept": (anew, "/course", same(seen), None),
        "course page, a document never seen": (anew, "/course", unseen, None),
        "catalogue of 20, asked before": (kept, "/catalogue", same([body("catalogue", first=20)]), None),
        "catalogue of 20, nothing kept": (anew, "/catalogue", same([body("catalogue", first=20)]), None),
        "faculty page, asked before": (kept, "/faculty", same([body("faculty", slug=slug) for slug in members]), None),
        "faculty page, nothing kept": (anew, "/faculty", same([body("faculty", slug=slug) for slug in members]), None),
        "personal page": (kept, "/personal", same([body("personal")]), tokens),
    }
    pages = {name: page for name, page in pages.items() if options.pages in name}
    for name, page in pages.items():
        check_alike(name, page, by_hand[1])
    titles = ["page", "req/s", "by hand", "ratio (min–max)", "CPU ms", "by hand", "ratio", "p50 / p99 ms at half", "bytes"]
    print("| " + " | ".join(titles) + " |\n" + "| --- " * len(titles) + "|", flush=True)
    for name, page in pages.items():
        print("| " + " | ".join(row(ground, options, name, page, by_hand)) + " |", flush=True)
    beside_postgraphile(ground, options, anew, seen)
    most = lambda server: f"{memory(server[0]):.0f} MiB ({memory(server[0], 'VmHWM'):.0f} at most)"
    print(f"\nResident memory at the end: {most(kept)}; where no answers are kept {most(anew)}; by hand {most(by_hand)}")


def beside_postgraphile(ground, options, lectern, bodies):
    """The course page of a server that makes an API of the tables, where npm has brought it."""
    folder = HERE / "postgraphile"
    node = folder / "node_modules/.bin/node"
    if options.pages not in "course page":
        return
    if not node.exists():
        print("\n*** PostGraphile is not installed, so nothing was measured beside it: npm ci --prefix tests/load/postgraphile ***")
        return
    port = free_port()
    server = ground.start(str(node), str(folder / "server.mjs"), str(port), ground.cluster.url("postgres"), PATH="/usr/bin:/bin", GRAPHILE_ENV="production")
    url, document = f"http://127.0.0.1:{port}", (folder / "course.graphql").read_text()
    wait_for(f"{url}/graphql")
    asked = [json.dumps({"query": document, "variables": json.loads(body)["variables"]}) for body in bodies]
    answered = post(f"{url}/graphql", asked[0])
    if answered.get("errors") or len(answered["data"]["course"]["sessionsByCourseId"]["nodes"]) < 30:
        sys.exit(f"PostGraphile: {json.dumps(answered):.500}")
    rounds = in_turn(ground, options, ((lectern, "/graphql", lambda _: bodies, None), ((server, url), "/graphql", lambda _: asked, None)))
    ratios = [mine["rate"] / theirs["rate"] for mine, theirs in rounds]
    print(f"\nCourse page, nothing kept, beside PostGraphile: {middle(rounds, 0, 'rate'):.0f} and {middle(rounds, 1, 'rate'):.0f} req/s, "
          f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}); CPU ms {middle(rounds, 0, 'cpu'):.3f} and {middle(rounds, 1, 'cpu'):.3f}; "
          f"bytes {middle(rounds, 0, 'bytes') / middle(rounds, 0, 'requests'):.0f} and {middle(rounds, 1, 'bytes') / middle(rounds, 1, 'requests'):.0f}; "
          f"memory of PostGraphile {memory(server):.0f} MiB", flush=True)


def in_turn(ground, options, pair):
    """Asks two servers in turn, several rounds; the first one warms and is not told of."""
    rounds = []
    for count in range(options.rounds + 1):
        figures = []
        for (process, address), path, bodies, tokens in pair:
            pids = {process.pid, ground.cluster.process.pid}
            before = cpu(pids)
            told = load(ground.folder, address, path, bodies(count), tokens, options.seconds, options.connections)
            figures.append(told | {"cpu": (cpu(pids) - before) * 1000 / told["requests"]})
        rounds.append(figures)
    return rounds[1:]


def middle(rounds, which, figure):
    return statistics.median(pair[which][figure] for pair in rounds)


def row(ground, options, name, page, by_hand):
    (_, url), path, bodies, tokens = page
    rounds = in_turn(ground, options, ((page[0], "/graphql", bodies, tokens), (by_hand, path, bodies, tokens)))
    ratios = [mine["rate"] / theirs["rate"] for mine, theirs in rounds]
    # Pauses are whole milliseconds, and an answer takes time, too: half of the rate, as near as that comes.
    pace = max(1, round(options.connections * 1000 / (middle(rounds, 0, "rate") / 2)))
    paced = load(ground.folder, url, "/graphql", bodies(options.rounds + 1), tokens, options.seconds, options.connections, pace)
    return [
        name,
        f"{middle(rounds, 0, 'rate'):.0f}",
        f"{middle(rounds, 1, 'rate'):.0f}",
        f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})",
        f"{middle(rounds, 0, 'cpu'):.3f}",
        f"{middle(rounds, 1, 'cpu'):.3f}",
        f"{statistics.median(mine['cpu'] / theirs['cpu'] for mine, theirs in rounds):.2f}",
        f"{paced['p50'] / 1000:.1f} / {paced['p99'] / 1000:.1f} at {paced['rate']:.0f}/s",
        f"{middle(rounds, 0, 'bytes') / middle(rounds, 0, 'requests'):.0f}",
    ]


def people(ground, count):
    """People who take part in three courses each; the file with a token of each."""
    server, url, _ = ground.serve("postgres")
    tokens = [sign_in(ground, url, f"person-{number}@example.org") for number in range(count)]
    wanted = "query($f: Int!) { courses(first: $f, filter: { openForRegistration: true }) { nodes { id tracks { id } } } }"
    courses = ask(url, wanted, {"f": min(count + 2, 100)})["courses"]["nodes"]
    register = "mutation($i: RegisterInput!) { register(input: $i) { registration { code } refusal { code message } } }"
    for number, token in enumerate(tokens):
        for place in range(3):
            course = courses[(number + place) % len(courses)]
            asked = {"courseId": course["id"], "trackId": course["tracks"][0]["id"], "professionCode": "nurse"}
            told = ask(url, register, {"i": asked}, token)["register"]
            if told["refusal"]:
                sys.exit(f"{told['refusal']}")
    ground.cluster.psql("postgres", "-c", "update registration set status = 'confirmed', confirmed_at = started_at", "-c", "vacuum analyze")
    # The worker has had its say; from here on only pages are asked for.
    server.send_signal(signal.SIGTERM)
    server.wait()
    (ground.folder / "tokens").write_text("\n".join(tokens) + "\n")
    return ground.folder / "tokens"


def sign_in(ground, url, email):
    asked = ask(url, "mutation($e: String!) { requestSignInCode(input: { email: $e }) { signInRequest { id } refusal { message } } }", {"e": email})["requestSignInCode"]
    prove = "mutation($r: ID!, $c: String!) { signIn(input: { requestId: $r, code: $c }) { signedIn { token } refusal { message } } }"
    for _ in range(300):
        for letter in ground.mailbox.glob("**/*"):
            text = letter.read_text(errors="replace") if letter.is_file() else ""
            code = re.search(r"^\s*([A-Z0-9]{4}[- ]?[A-Z0-9]{4})\s*$", text, re.M)
            if email in text and code:
                told = ask(url, prove, {"r": asked["signInRequest"]["id"], "c": code.group(1)})["signIn"]
                if told["signedIn"]:
                    return told["signedIn"]["token"]
        time.sleep(0.1)
    sys.exit(f"no code for {email}: {asked}")


def check_alike(name, page, by_hand):
    """The handler's answers must be Lectern's, or the ratio compares different things."""
    (_, url), path, bodies, tokens = page
    token = tokens and tokens.read_text().split()[0]
    for body in bodies(0)[:: max(1, len(bodies(0)) // 10)]:
        mine, theirs = plain(post(f"{url}/graphql", body, token)), plain(post(f"{by_hand}{path}", body, token))
        if mine != theirs:
            sys.exit(f"{name}: the handler's answer differs from Lectern's at {difference(mine, theirs)}")


def plain(answer):
    """An answer whose moments end with their last digit: PostgreSQL leaves zeros away, Lectern writes six digits."""
    return json.loads(re.sub(r'(\.\d*?)0+Z"', lambda found: found.group(1).rstrip(".") + 'Z"', json.dumps(answer)))


def difference(one, other, path="$"):
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            if one.get(key) != other.get(key):
                return difference(one.get(key), other.get(key), f"{path}.{key}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (mine, theirs) in enumerate(zip(one, other)):
            if mine != theirs:
                return difference(mine, theirs, f"{path}[{place}]")
    return f"{path}: {one!r:.300} / {other!r:.300}"


if __name__ == "__main__":
    main()
