#!/usr/bin/env python3
"""The shop under load while parts of it are replaced: how many requests fail.

    swift build && python3 Benchmarks/rolling.py [--build debug|release] [--rate 500] [--seconds 20] [--clients 32]

Method: a copy of manifests/ on free ports with fresh databases, user-service and product-service with two replicas. Each
client has one connection, keeps it open as long as the gateway does, and sends its share of the rate; it sends no request
before it has the answer to the one before, so that a machine that is too slow lowers the rate and not the truth. No client
ever sends a request twice. Meanwhile msctl restarts product-service, restarts api-gateway and scales product-service down
to one. A request has failed when it has no whole answer or one of status 500 and up.
"""
import argparse
import http.client
import itertools
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.realpath(os.path.join(HERE, ".."))

parser = argparse.ArgumentParser()
parser.add_argument("--build", choices=["debug", "release"], default="release")
parser.add_argument("--rate", type=int, default=500)
parser.add_argument("--seconds", type=int, default=20)
parser.add_argument("--clients", type=int, default=32)
options = parser.parse_args()
OUTPUT = os.path.realpath(os.path.join(ROOT, ".build", options.build))


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    return [s.getsockname()[1] for s in sockets]


def make_project():
    project = tempfile.mkdtemp(prefix="rolling-")
    shutil.copytree(os.path.join(ROOT, "manifests"), project + "/manifests")
    with open(project + "/manifests/zz-rolling.yaml", "w") as override:
        override.write("services:\n")
        for service in ("api-gateway", "user-service", "product-service", "order-service"):
            override.write(f"  {service}:\n    build: {{ output: {OUTPUT} }}\n")
            if service in ("user-service", "product-service"):
                override.write("    deploy: { replicas: 2 }\n")
    return project


class Shop:
    def __init__(self):
        self.project = make_project()
        names = ["GATEWAY_PORT", "USER_SERVICE_PORT", "PRODUCT_SERVICE_PORT", "ORDER_SERVICE_PORT"]
        ports = free_ports(4)
        self.environment = {**os.environ, **{name: str(port) for name, port in zip(names, ports)}}
        self.port = ports[0]

    def msctl(self, *arguments, check=True):
        start = time.monotonic()
        result = subprocess.run(
            [os.path.join(OUTPUT, "msctl"), *arguments], cwd=self.project, capture_output=True, text=True,
            env=self.environment)
        if check and result.returncode != 0:
            raise SystemExit(f"msctl {' '.join(arguments)}: exit {result.returncode}\n{result.stdout}{result.stderr}")
        return result.returncode, time.monotonic() - start, result.stdout + result.stderr

    def call(self, connection, method, path, body=None, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            body = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        data = response.read()
        return response.status, data

    def prepare(self):
        """Somebody with a token, and something on the shelf."""
        with open(f"{self.project}/.msctl/secrets/operator-password") as file:
            password = file.read().strip()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        status, data = self.call(
            connection, "POST", "/api/users/login", {"login": "operator", "password": password})
        if status != 200:
            raise SystemExit(f"login: {status} {data!r}")
        session = json.loads(data)
        status, data = self.call(
            connection, "POST", "/api/products",
            {"name": "Lamp", "price": {"amount": 1999, "currency": "EUR"}, "stock": 1_000_000}, session["token"])
        if status != 201:
            raise SystemExit(f"product: {status} {data!r}")
        return session["token"], session["user"]["id"], json.loads(data)["id"]


class Load:
    """Half of it reads, half of it writes; one in twenty is an order."""

    def __init__(self, shop):
        self.shop = shop
        self.token, self.user, self.product = shop.prepare()
        self.numbers = itertools.count()
        self.lock = threading.Lock()
        self.times = {}
        self.failures = []
        self.statuses = Counter()
        self.connections = 0
        self.start = time.monotonic()

    def request(self, number):
        if number % 20 == 7:
            items = [{"productId": self.product, "quantity": 1}]
            return "POST order", "POST", "/api/orders", {"items": items}
        if number % 2:
            product = {"name": f"Thing {number}", "price": {"amount": 100, "currency": "EUR"}, "stock": 1}
            return "POST product", "POST", "/api/products", product
        if number % 4:
            return "GET user", "GET", f"/api/users/{self.user}", None
        return "GET product", "GET", f"/api/products/{self.product}", None

    def client(self, end):
        connection = http.client.HTTPConnection("127.0.0.1", self.shop.port, timeout=30)
        interval = options.clients / options.rate
        following = time.monotonic()
        while time.monotonic() < end:
            kind, method, path, body = self.request(next(self.numbers))
            start = time.monotonic()
            failure = None
            is_new = connection.sock is None
            try:
                status, data = self.shop.call(connection, method, path, body, self.token)
                if status >= 500:
                    failure = f"{status} {data[:200]!r}"
            except Exception as error:
                status, failure = None, f"{type(error).__name__}: {error}"
                connection.close()
            took = time.monotonic() - start
            with self.lock:
                self.connections += is_new
                self.statuses[(kind, status)] += 1
                self.times.setdefault(kind, []).append(took * 1e3)
                if failure:
                    self.failures.append((start - self.start, kind, failure))
            following = max(following + interval, time.monotonic() - interval)
            time.sleep(max(0, following - time.monotonic()))
        connection.close()


def main():
    shop = Shop()
    try:
        shop.msctl("up", "--no-build")
        load = Load(shop)
        end = time.monotonic() + options.seconds
        clients = [threading.Thread(target=load.client, args=(end,)) for _ in range(options.clients)]
        load.start = time.monotonic()
        for client in clients:
            client.start()
        actions = [
            (0.15, ["restart", "product-service"]), (0.4, ["restart", "api-gateway"]),
            (0.7, ["scale", "product-service=1"]),
        ]
        for share, arguments in actions:
            time.sleep(max(0, load.start + share * options.seconds - time.monotonic()))
            at = time.monotonic() - load.start
            code, took, output = shop.msctl(*arguments, check=False)
            print(f"{at:6.2f} s  msctl {' '.join(arguments):<28} exit {code} after {took:5.2f} s", flush=True)
            if code != 0:
                print(output)
        for client in clients:
            client.join()
        took = time.monotonic() - load.start
        report(load, took)
        shop.msctl("status", check=False)
        return 1 if load.failures else 0
    finally:
        print(shop.msctl("down", check=False)[2], end="")
        shutil.rmtree(shop.project)


def report(load, took):
    total = sum(len(times) for times in load.times.values())
    for kind, times in sorted(load.times.items()):
        times = sorted(times)
        p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
        print(f"{kind:<14} {len(times):6}   p50 {statistics.median(times):8.2f} ms   p99 {p99:8.2f} ms   "
              f"max {times[-1]:8.2f} ms")
    print(f"{'requests':<14} {total:6}   {total / took:.0f}/s over {load.connections} connections")
    print("answers        " + ", ".join(
        f"{kind} {status}: {count}" for (kind, status), count in sorted(load.statuses.items(), key=str)))
    print(f"{'failures':<14} {len(load.failures):6}")
    for at, kind, failure in load.failures[:10]:
        print(f"  {at:6.2f} s  {kind}: {failure}")


sys.exit(main())
