#!/usr/bin/env python3
"""What ten thousand courses cost beside two hundred: a page of the catalogue, searches, memory, and the time until a server is ready."""
import json, statistics

from ground import HERE, Ground, ask, common_options, cpu, load, memory


def main():
    options = common_options(__doc__, connections=8)
    options.add_argument("--few", type=int, default=200)
    options.add_argument("--many", type=int, default=10_000)
    options = options.parse_args()
    with Ground(options.lectern) as ground:
        measure(ground, options)


def measure(ground, options):
    servers = {}
    for name, courses in (("few", options.few), ("many", options.many)):
        ground.cluster.psql("postgres", "-c", f"create database {name}")
        ground.fill(name, courses)
        servers[name] = ground.serve(name, ANSWERS_MEMORY="0")
        process, url, took = servers[name]
        print(f"{courses} courses: ready after {took:.2f} s, {memory(process):.0f} MiB", flush=True)
    catalogue = (HERE / "documents/catalogue.graphql").read_text()
    courses = "query($f: CourseFilter) { courses(first: 20, filter: $f) { nodes { slug title startsAt } } }"
    cursor = lambda url: ask(url, "query { courses(last: 1) { pageInfo { startCursor } } }", {})["courses"]["pageInfo"]["startCursor"]
    last = {name: cursor(url) for name, (_, url, _) in servers.items()}
    body = lambda query, **variables: json.dumps({"query": query, "variables": variables})
    of_each = lambda bodies: {name: bodies for name in servers}
    # What one course has and no other: numbers that begin no other number.
    rare = {name: [str(number) for number in range(courses // 10, courses)] for name, courses in (("few", options.few), ("many", options.many))}
    search = lambda words: [body(courses, f={"text": word}) for word in words]
    asked = {
        "catalogue of 20": of_each([body(catalogue, first=20)]),
        "catalogue, its last page": {name: [body("query($b: String) { courses(last: 20, before: $b) { nodes { slug title startsAt } } }", b=last[name])] for name in servers},
        "catalogue, with its count": of_each([body("query { courses(first: 20) { totalCount nodes { slug title startsAt } } }")]),
        "open for registration": of_each([body(courses, f={"openForRegistration": True})]),
        "search: a word of every course": of_each(search(["palliative"])),
        "search: a word of one course, the same hundred": {name: search(words[:100]) for name, words in rare.items()},
        "search: a word of one course, any": {name: search(words) for name, words in rare.items()},
        "search: a word of one course, or of eleven": of_each(search(map(str, range(100, options.few)))),
        "search: two words": {name: search(f"pall {word}" for word in words[:100]) for name, words in rare.items()},
        "search: no course": of_each(search(["zebra"])),
        "faculty, searched": of_each([body('query { faculty(first: 20, filter: { text: "a" }) { nodes { name } } }')]),
    }
    print(f"\n| asked | CPU ms at {options.few} | at {options.many} | ratio | req/s at {options.few} | at {options.many} |\n| --- | --- | --- | --- | --- | --- |")
    for name, bodies in asked.items():
        costs = {"few": [], "many": []}
        rates = {"few": [], "many": []}
        for count in range(options.rounds + 1):
            for which, (process, url, _) in servers.items():
                pids = {process.pid, ground.cluster.process.pid}
                before = cpu(pids)
                figures = load(ground.folder, url, "/graphql", bodies[which], None, options.seconds, options.connections)
                if count:
                    costs[which].append((cpu(pids) - before) * 1000 / figures["requests"])
                    rates[which].append(figures["rate"])
        few, many = statistics.median(costs["few"]), statistics.median(costs["many"])
        print(f"| {name} | {few:.3f} | {many:.3f} | {many / few:.2f} | {statistics.median(rates['few']):.0f} | {statistics.median(rates['many']):.0f} |", flush=True)
    for name, (process, _, _) in servers.items():
        print(f"{name}: {memory(process):.0f} MiB, {memory(process, 'VmHWM'):.0f} at most")


if __name__ == "__main__":
    main()
