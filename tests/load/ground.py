"""What both measurements stand on: a PostgreSQL and servers of their own, courses in number, requests, and what they cost."""
import argparse, contextlib, glob, json, os, pathlib, re, shutil, socket, subprocess, sys, tempfile, time, urllib.error, urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KEY = "0123456789abcdef0123456789abcdef"


def common_options(what, connections):
    """What every measurement can be told; whoever measures adds its own."""
    options = argparse.ArgumentParser(description=what, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lectern", default=str(ROOT / "target/release/lectern"))
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=int, default=4)
    options.add_argument("--connections", type=int, default=connections)
    return options


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """A private PostgreSQL, gone with the run."""

    def __init__(self, folder):
        bins = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        self.bin = bins[-1] if bins else os.path.dirname(shutil.which("initdb") or sys.exit("PostgreSQL is not installed"))
        self.folder, self.port, self.user = folder, free_port(), []
        if os.geteuid() == 0:
            # It does not run as root.
            shutil.chown(folder, "postgres")
            self.user = ["runuser", "-u", "postgres", "--"]
        self.call("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
        settings = ["listen_addresses=127.0.0.1", "max_connections=100", "shared_buffers=512MB", "fsync=off", "autovacuum=off"]
        command = [f"{self.bin}/postgres", "-D", f"{folder}/data", "-k", folder, "-p", str(self.port), *(word for one in settings for word in ("-c", one))]
        self.process = subprocess.Popen([*self.user, *command], stdout=subprocess.DEVNULL, stderr=open(f"{folder}/log", "w"), cwd="/")
        ready = [*self.user, f"{self.bin}/pg_isready", "-h", "127.0.0.1", "-p", str(self.port)]
        for _ in range(100):
            if subprocess.run(ready, stdout=subprocess.DEVNULL, cwd="/").returncode == 0:
                break
            time.sleep(0.1)

    def call(self, program, *arguments):
        subprocess.run([*self.user, f"{self.bin}/{program}", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def url(self, database="postgres"):
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def psql(self, database, *arguments):
        done = subprocess.run([f"{self.bin}/psql", self.url(database), "-v", "ON_ERROR_STOP=1", "-qAt", *arguments], capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        return done.stdout.split()

    def stop(self):
        self.call("pg_ctl", "-D", f"{self.folder}/data", "stop", "-m", "immediate")
        self.process.wait()


class Ground:
    """A run: its folder, its cluster and its servers, all gone with it."""

    def __init__(self, lectern):
        self.lectern, self.stack, self.running = lectern, contextlib.ExitStack(), []
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="lectern-load-")))
        self.folder.chmod(0o755)
        self.mailbox = self.folder / "mail"
        self.cluster = Cluster(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="lectern-load-pg-")))
        self.stack.callback(self.cluster.stop)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.running:
            process.kill()
            process.wait()
        self.stack.close()

    def settings(self, database, **more):
        return {"DATABASE_URL": self.cluster.url(database), "SECRET_KEY": KEY, "MAIL_URL": f"file:{self.mailbox}", "LOG": "error",
                "MAIL_FROM": "Office <office@example.org>", "POSTAL_ADDRESS": "1 Example Street", "DATA_DIR": str(self.folder / "data"), **more}

    def start(self, *command, **settings):
        process = subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL)
        self.running.append(process)
        return process

    def serve(self, database, *flags, **settings):
        """A server that is ready; with it, its address and how many seconds it took to be."""
        port = free_port()
        url, begin = f"http://127.0.0.1:{port}", time.monotonic()
        process = self.start(self.lectern, "serve", *flags, **self.settings(database, LISTEN=f"127.0.0.1:{port}", **settings))
        wait_for(f"{url}/readyz")
        return process, url, time.monotonic() - begin

    def fill(self, database, courses):
        """The sample so many times, each with a slug, a title and days of its own."""
        run = lambda *arguments: subprocess.run([self.lectern, *arguments], check=True, env=self.settings(database), stdout=subprocess.DEVNULL)
        run("migrate")
        sample = (ROOT / "server/sample/core-practice-of-palliative-care.toml").read_text()
        path = self.folder / "course.toml"
        path.write_text(re.sub(r'(?m)^slug = ".*"', 'slug = "course-0"', sample, count=1))
        run("import", str(path))
        self.cluster.psql(database, "-v", f"last={courses - 1}", "-f", str(HERE / "sql/many.sql"))
        # Words and sort keys are the program's to write.
        run("migrate")
        self.cluster.psql(database, "-c", "vacuum analyze")


def wait_for(url):
    for _ in range(6000):
        try:
            return urllib.request.urlopen(url).read()
        except urllib.error.HTTPError as refused:
            if refused.code != 503:
                return refused.read()
        except OSError:
            pass
        time.sleep(0.01)
    sys.exit(f"{url} does not answer")


def post(url, body, token=None):
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        return json.load(urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers)))
    except urllib.error.HTTPError as refused:
        sys.exit(f"{body:.500}: {refused.read().decode()}")


def ask(url, query, variables, token=None):
    answer = post(f"{url}/graphql", json.dumps({"query": query, "variables": variables}), token)
    if answer.get("errors"):
        sys.exit(f"{query}: {answer['errors']}")
    return answer["data"]


def cpu(pids):
    """Seconds of CPU that these processes and all below them have used, those included that have ended."""
    parents, ticks = {}, {}
    for stat in glob.glob("/proc/[0-9]*/stat"):
        try:
            text = open(stat).read()
        except OSError:
            continue
        fields = text[text.rindex(")") + 2 :].split()
        pid = int(stat.split("/")[2])
        parents[pid], ticks[pid] = int(fields[1]), sum(map(int, fields[11:15]))

    def within(pid):
        while pid:
            if pid in pids:
                return True
            pid = parents.get(pid, 0)
        return False

    return sum(count for pid, count in ticks.items() if within(pid)) / os.sysconf("SC_CLK_TCK")


def memory(process, what="VmRSS"):
    """Resident memory in MiB; the most that there was with VmHWM."""
    return int(re.search(rf"{what}:\s+(\d+)", open(f"/proc/{process.pid}/status").read()).group(1)) / 1024


def load(folder, url, path, bodies, tokens=None, seconds=4, connections=64, pace=0):
    """What wrk measures. `pace`: the mean pause of a connection between two requests, in milliseconds; 0 for as fast as it goes."""
    (folder / "bodies").write_text("\n".join(bodies) + "\n")
    told = {"BODIES": str(folder / "bodies"), "REQUEST_PATH": path, "TOKENS": str(tokens or ""), "PACE": str(pace)}
    command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "10s", "-s", str(HERE / "post.lua"), url]
    done = subprocess.run(command, env={**os.environ, **told}, check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    if figures["errors"]:
        sys.exit(f"{url}{path} answered {figures['errors']} of {figures['requests']} requests with an error: {bodies[0]:.200}")
    return figures | {"rate": figures["requests"] * 1e6 / figures["micros"]}
