#!/usr/bin/env python3
"""The built shop: up until all four are healthy, status, down, and the daemon's memory.

    make build && .build/release/msctl build && python3 Benchmarks/shop.py [ROUNDS]

Method: wall time of the whole command, as a script sees it, in a copy of manifests/ on free ports with fresh databases
each round (--volumes), after one round that is not counted.
"""
import os
import shutil
import socket
import sys
import tempfile

from measure import HERE, daemon_pid, memory, msctl, show

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 7
ROOT = os.path.join(HERE, "..")


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    return [str(s.getsockname()[1]) for s in sockets]


project = tempfile.mkdtemp(prefix="shop-")
shutil.copytree(os.path.join(ROOT, "manifests"), project + "/manifests")
names = ["GATEWAY_PORT", "USER_SERVICE_PORT", "PRODUCT_SERVICE_PORT", "ORDER_SERVICE_PORT"]
os.environ.update(zip(names, free_ports(4)))
output = os.path.realpath(os.path.join(ROOT, ".build", "release"))
with open(project + "/manifests/zz-built.yaml", "w") as override:
    override.write("services:\n")
    for service in ("api-gateway", "user-service", "product-service", "order-service"):
        override.write(f"  {service}:\n    build: {{ output: {output} }}\n")

ups, warm, statuses, downs, daemons = [], [], [], [], []
try:
    for number in range(ROUNDS + 1):
        first = msctl(project, "up", "--no-build")[0]
        status = [msctl(project, "status")[0] for _ in range(20)]
        daemon = memory(daemon_pid(project))[0] / 1024
        down = msctl(project, "down")[0]
        again = msctl(project, "up", "--no-build")[0]
        msctl(project, "down", "--volumes")
        if number == 0:
            continue
        ups.append(first)
        warm.append(again)
        statuses += status
        downs.append(down)
        daemons.append(daemon)
finally:
    msctl(project, "down")
    shutil.rmtree(project)
show("up, new databases", ups)
show("up, existing databases", warm)
show("status", statuses)
show("down", downs)
show("msctld RSS with the shop", daemons, "MB")
