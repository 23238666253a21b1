#!/usr/bin/env python3
"""The services beside what people would use instead, as requests for each second of processor time.

    make build && .build/release/msctl build && python3 Benchmarks/web.py [PART …]      # products gateway limits login
        [--seconds 8] [--rounds 3] [--python PYTHON]    # PYTHON has fastapi, uvicorn, uvloop, httptools
        [--node NODE]                                   # finds express and sqlite3 (Debian: node-express node-sqlite3)
    Needs wrk and nginx (Debian: wrk, nginx-light). A peer that is not there is left out, and said to be.

Method: wrk with 16 connections on one core, the server alone on the other; what counts is the answers that were right,
divided by the processor time of the server's processes in that time (user and system, by /proc). The two of a comparison
do in turn, after one round that is not counted; the ratio is that of the medians.

Products: product-service, FastAPI on uvicorn (uvloop, httptools, one worker) and Express read the same 1,000 rows of one
SQLite file: one product by its id, and the first 20. Each logs a line for each request.
Gateway: api-gateway and nginx (proxy_pass with keep-alive, one worker, access log to a file as the gateway's goes to one) in
front of another nginx that answers 300 bytes from memory, which shares a core with wrk. Its median latency is that of one
connection, less the upstream's own.
Limits: the gateway with its limits and a bearer token on each request, beside itself with no limit and no token; the
difference is what both cost of its processor time. The upstream publishes the key that the token is signed with.
Login: the whole shop under msctl; products are read through the gateway by 8 connections, alone and while 50 people log in
all the time with a wrong password, each time as somebody else from another address, so that no limit stands before the
hashing of passwords. Counted are only logins that were hashed (401) or found the queue of hashes full (503).
"""
import argparse
import base64
import json
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid

from measure import HERE, msctl

PARTS = ["products", "gateway", "limits", "login"]
parser = argparse.ArgumentParser()
parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
parser.add_argument("--seconds", type=int, default=8)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--python", default="python3")
parser.add_argument("--node", default="node")
options = parser.parse_args()
if set(options.parts) - set(PARTS):
    parser.error(f"a part is one of {', '.join(PARTS)}")
BINARIES = os.path.realpath(os.path.join(HERE, "..", ".build", "release"))
TICKS = os.sysconf("SC_CLK_TCK")
place = tempfile.mkdtemp(prefix="web-")
started = []


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(name, command, core, environment=None, directory=None):
    """A server in a process group of its own, on one core, with its output in a file."""
    log = open(f"{place}/{name}.log", "w")
    process = subprocess.Popen(
        ["taskset", "-c", str(core), *command], stdout=log, stderr=log, start_new_session=True, cwd=directory,
        env={"PATH": os.environ["PATH"], "LOG_LEVEL": "info", **(environment or {})})
    started.append(process)
    return process


def wait_for(url, seconds=20):
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return answer.read()
        except (OSError, urllib.error.HTTPError) as error:
            if time.monotonic() > end:
                raise SystemExit(f"{url} did not answer: {error}")
            time.sleep(0.05)


def group_seconds(leader):
    """Processor time of a process group."""
    total = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as stat:
                    fields = stat.read().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == leader:
                total += int(fields[11]) + int(fields[12])
    return total / TICKS


def load(url, leader, core=1, connections=16, seconds=None, fields=()):
    """wrk against a server: requests for each second of its processor time, and median and p99 latency in ms."""
    seconds = seconds or options.seconds
    before = group_seconds(leader) if leader else 0
    output = subprocess.run(
        ["taskset", "-c", str(core), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency",
         *(word for field in fields for word in ("-H", field)), url],
        capture_output=True, text=True, check=True).stdout
    used = group_seconds(leader) - before if leader else 1
    if "Non-2xx" in output or "Socket errors" in output:
        print("WRONG:", [line for line in output.splitlines() if "Non-2xx" in line or "Socket" in line], flush=True)
    requests = int(re.search(r"(\d+) requests in", output).group(1))

    def latency(part):
        number, unit = re.search(rf"{part}%\s+([\d.]+)(us|ms|s)", output).groups()
        return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]

    return requests / used, latency(50), latency(99), requests / seconds


def compare(name, ours, theirs, wanted):
    """`ours` and `theirs` are (label, url, process)."""
    rates = ([], [])
    walls = ([], [])
    for number in range(options.rounds + 1):
        for (label, url, process), kept, wall in zip((ours, theirs), rates, walls):
            rate, _, _, per_second = load(url, process.pid, seconds=options.seconds if number else 2)
            if number:
                kept.append(rate)
                wall.append(per_second)
    for (label, _, _), kept, wall in zip((ours, theirs), rates, walls):
        print(f"{name}: {label:<16} {statistics.median(kept):9.0f} requests/CPU second "
              f"(min {min(kept):.0f}, max {max(kept):.0f}), {statistics.median(wall):.0f}/s", flush=True)
    ratio = statistics.median(rates[0]) / statistics.median(rates[1])
    print(f"{name}: {ratio:.2f} ×  wanted ≥ {wanted}: {'MET' if ratio >= wanted else 'MISSED'}", flush=True)


def write(name, text):
    path = f"{place}/{name}"
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o600)
    return path


# Products.

def fill(path):
    import sqlite3
    database = sqlite3.connect(path)
    now = int(time.time() * 1000)
    first = None
    columns = {row[1] for row in database.execute("PRAGMA table_info(products)")}
    for number in range(1_000):
        identity = str(uuid.uuid4())
        first = first or identity
        row = {"id": identity, "name": f"Product {number}", "description": "A thing that is sold. " * 5,
               "price_amount": 1999 + number, "price_currency": "EUR", "stock": 100, "created_at": now + number,
               "updated_at": now + number}
        database.execute(
            f"INSERT INTO products ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
    assert columns >= set(row)
    database.commit()
    database.close()
    return first


def products():
    database = f"{place}/products.db"
    credential = write("credential", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG\n")
    port = free_port()
    environment = {
        "DATABASE_URL": f"sqlite:{database}", "USER_SERVICE_URL": "http://127.0.0.1:1", "PORT": str(port),
        "SERVICE_CREDENTIAL_FILE": credential}
    ours = start("product-service", [f"{BINARIES}/product-service"], 0, environment)
    wait_for(f"http://127.0.0.1:{port}/livez")
    identity = fill(database)
    peers = [peer for peer in (fastapi(database), express(database)) if peer]
    for name, path in (("one product", f"/api/products/{identity}"), ("list of 20", "/api/products?limit=20")):
        mine = json.loads(wait_for(f"http://127.0.0.1:{port}{path}"))
        assert (mine.get("items") or [mine])[0]["id"] == identity
        for label, process, other in peers:
            theirs = json.loads(wait_for(f"http://127.0.0.1:{other}{path}"))
            assert (theirs.get("items") or [theirs])[0]["id"] == identity
            compare(name, ("product-service", f"http://127.0.0.1:{port}{path}", ours),
                    (label, f"http://127.0.0.1:{other}{path}", process), 3)


def has(command, name):
    """Whether a peer's libraries are there."""
    try:
        if subprocess.run(command, capture_output=True).returncode == 0:
            return True
    except OSError:
        pass
    print(f"{name} is not there: left out", flush=True)
    return False


def fastapi(database):
    if not has([options.python, "-c", "import fastapi, uvicorn, uvloop, httptools"], "FastAPI"):
        return None
    port = free_port()
    return "FastAPI", start(
        "fastapi",
        [options.python, "-m", "uvicorn", "fastapi_products:app", "--port", str(port), "--log-level", "info",
         "--loop", "uvloop", "--http", "httptools"], 0, {"DATABASE": database}, HERE + "/peers"), port


def express(database):
    if not has([options.node, "-e", "require('express'); require('sqlite3')"], "Express"):
        return None
    port = free_port()
    environment = {"DATABASE": database, "PORT": str(port), "NODE_ENV": "production"}
    if "NODE_PATH" in os.environ:
        environment["NODE_PATH"] = os.environ["NODE_PATH"]
    return "Express", start("express", [options.node, "express_products.js"], 0, environment, HERE + "/peers"), port


# Gateway.

PRODUCT = "/api/products/0d6f2a52-3a6c-4c66-9a3b-0e3a4ef7c0de"



def nginx(name, port, location, core, extra=""):
    configuration = write(f"{name}.conf", f"""
        worker_processes 1; daemon off; pid {place}/{name}.pid; error_log {place}/{name}.error warn;
        events {{ worker_connections 1024; }}
        http {{
            access_log {place}/{name}.access; client_body_temp_path {place}/{name}.body;
            proxy_temp_path {place}/{name}.proxy; fastcgi_temp_path {place}/{name}.fastcgi;
            uwsgi_temp_path {place}/{name}.uwsgi; scgi_temp_path {place}/{name}.scgi; keepalive_requests 100000000;
            {extra}
            server {{ listen 127.0.0.1:{port}; location / {{ {location} }} }}
        }}""")
    return start(name, ["nginx", "-c", configuration], core)


def gateway():
    upstream, port, other = free_port(), free_port(), free_port()
    body = json.dumps({"id": str(uuid.uuid4()), "name": "x" * 250})
    nginx("upstream", upstream, f"access_log off; default_type application/json; return 200 '{body}';", 1)
    direct = f"http://127.0.0.1:{upstream}{PRODUCT}"
    address = f"http://127.0.0.1:{upstream}"
    ours = start("api-gateway", [f"{BINARIES}/api-gateway"], 0, {
        "PORT": str(port), "USER_SERVICE_URL": address, "PRODUCT_SERVICE_URL": address, "ORDER_SERVICE_URL": address,
        "RATE_LIMIT_PER_MINUTE": "6000000", "RATE_LIMIT_BURST": "6000000"})
    theirs = nginx(
        "nginx", other, "proxy_pass http://upstream; proxy_http_version 1.1; proxy_set_header Connection '';", 0,
        f"upstream upstream {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 100000000; }}")
    for server in (upstream, port, other):
        wait_for(f"http://127.0.0.1:{server}{PRODUCT}")
    compare("pass-through", ("api-gateway", f"http://127.0.0.1:{port}{PRODUCT}", ours),
            ("nginx", f"http://127.0.0.1:{other}{PRODUCT}", theirs), 0.5)
    alone = statistics.median(load(direct, None, connections=1, seconds=3)[1] for _ in range(options.rounds))
    through = statistics.median(
        load(f"http://127.0.0.1:{port}{PRODUCT}", None, connections=1, seconds=3)[1]
        for _ in range(options.rounds))
    added = through - alone
    print(f"added at the median, one connection: {added:.3f} ms  wanted ≤ 0.3: {'MET' if added <= 0.3 else 'MISSED'}",
          flush=True)


# Limits.

def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed_token():
    """An access token of a day, and the key set that verifies it."""
    key = f"{place}/token.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    public = subprocess.run(
        ["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout[-32:]
    now = int(time.time())
    header = {"alg": "EdDSA", "typ": "at+jwt", "kid": "bench"}
    claims = {"iss": "msctl-shop", "aud": "shop", "sub": str(uuid.uuid4()), "iat": now, "nbf": now, "exp": now + 86400,
              "jti": str(uuid.uuid4()), "username": "somebody", "roles": ["user"]}
    text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    content = write("token", text)
    signature = subprocess.run(
        ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", content], check=True, capture_output=True).stdout
    keys = {"keys": [{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": "bench", "x": base64url(public)}]}
    return f"{text}.{base64url(signature)}", json.dumps(keys)


def limits():
    upstream, limited, free = free_port(), free_port(), free_port()
    token, keys = signed_token()
    body = json.dumps({"id": str(uuid.uuid4()), "name": "x" * 250})
    nginx("keys", upstream, f"""access_log off; default_type application/json;
        if ($uri = /.well-known/jwks.json) {{ return 200 '{keys}'; }} return 200 '{body}';""", 1)
    address = f"http://127.0.0.1:{upstream}"
    common = {"USER_SERVICE_URL": address, "PRODUCT_SERVICE_URL": address, "ORDER_SERVICE_URL": address}
    most = "6000000"
    with_limits = start("limited", [f"{BINARIES}/api-gateway"], 0, {
        **common, "PORT": str(limited), "RATE_LIMIT_PER_MINUTE": most, "ACCOUNT_RATE_LIMIT_PER_MINUTE": most})
    without = start("free", [f"{BINARIES}/api-gateway"], 0, {
        **common, "PORT": str(free), "RATE_LIMIT_PER_MINUTE": "0", "ACCOUNT_RATE_LIMIT_PER_MINUTE": "0",
        "SIGN_IN_RATE_LIMIT_PER_MINUTE": "0"})
    for port in (limited, free):
        wait_for(f"http://127.0.0.1:{port}{PRODUCT}")
    bearer = [f"Authorization: Bearer {token}"]
    rates = ([], [])
    for number in range(options.rounds + 1):
        seconds = options.seconds if number else 2
        for kept, port, process, fields in (
                (rates[0], limited, with_limits, bearer), (rates[1], free, without, [])):
            rate = load(f"http://127.0.0.1:{port}{PRODUCT}", process.pid, seconds=seconds, fields=fields)[0]
            if number:
                kept.append(rate)
    full, bare = (statistics.median(kept) for kept in rates)
    cost = 1 - full / bare
    print(f"limits and token check: {full:.0f} requests/CPU second with them, {bare:.0f} without: {cost:.1%} of the gateway's "
          f"processor time  wanted ≤ 25 %: {'MET' if cost <= 0.25 else 'MISSED'}", flush=True)


# Login.

def login():
    project = f"{place}/shop"
    os.makedirs(project)
    shutil.copytree(os.path.join(HERE, "..", "manifests"), project + "/manifests")
    ports = {name: str(free_port()) for name in (
        "GATEWAY_PORT", "USER_SERVICE_PORT", "PRODUCT_SERVICE_PORT", "ORDER_SERVICE_PORT")}
    with open(project + "/manifests/zz-built.yaml", "w") as override:
        override.write("services:\n  api-gateway:\n    environment:\n"
                       "      RATE_LIMIT_PER_MINUTE: '0'\n      SIGN_IN_RATE_LIMIT_PER_MINUTE: '0'\n      TRUSTED_PROXIES: 127.0.0.0/8\n")
        for service in ("api-gateway", "user-service", "product-service", "order-service"):
            if service != "api-gateway":
                override.write(f"  {service}:\n")
            override.write(f"    build: {{ output: {BINARIES} }}\n")
    msctl(project, "up", "--no-build", environment=ports)
    over = threading.Event()
    answers = {}

    def person(number):
        chance = random.Random(number)
        while not over.is_set():
            body = json.dumps({"login": f"somebody-{chance.getrandbits(40)}", "password": "not the password"}).encode()
            address = f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
            request = urllib.request.Request(
                f"http://127.0.0.1:{ports['GATEWAY_PORT']}/api/users/login", body,
                {"Content-Type": "application/json", "X-Forwarded-For": address})
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    code = answer.status
            except urllib.error.HTTPError as error:
                code = error.code
            except OSError:
                code = 0
            answers[code] = answers.get(code, 0) + 1

    try:
        url = f"http://127.0.0.1:{ports['GATEWAY_PORT']}/api/products"
        wait_for(url)
        load(url, None, connections=8, seconds=2)
        idle = statistics.median(load(url, None, connections=8)[2] for _ in range(options.rounds))
        people = [threading.Thread(target=person, args=(number,)) for number in range(50)]
        for one in people:
            one.start()
        time.sleep(1)
        answers.clear()
        begin = time.monotonic()
        busy = statistics.median(load(url, None, connections=8)[2] for _ in range(options.rounds))
        hashed = answers.get(401, 0) / (time.monotonic() - begin)
        over.set()
        for one in people:
            one.join()
        if hashed < 5 or set(answers) - {401, 503}:
            print(f"WRONG: {hashed:.0f} hashed logins a second are no flood, or answers are others: {answers}", flush=True)
        print(f"p99 of product lists: {idle:.2f} ms alone, {busy:.2f} ms under a login flood "
              f"({hashed:.0f} hashed each second, {answers}): "
              f"{busy / idle:.1f} ×  wanted < 3: {'MET' if busy < 3 * idle else 'MISSED'}", flush=True)
    finally:
        over.set()
        msctl(project, "down", "--volumes", environment=ports)


try:
    for part in options.parts or PARTS:
        {"products": products, "gateway": gateway, "limits": limits, "login": login}[part]()
finally:
    for process in started:
        try:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, signal.SIGKILL)
    shutil.rmtree(place, ignore_errors=True)
