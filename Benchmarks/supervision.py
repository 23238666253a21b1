#!/usr/bin/env python3
"""Trivial services under msctl: start of N, SIGKILL to the replacement's first instruction, status, stop, memory.

    make build && python3 Benchmarks/supervision.py [N …]        # default 10 50

Method: the worker is worker.c (stamps the time of its first instruction, then sleeps), so that the supervisor dominates.
Start counts from the start of `msctl up` to the last worker's stamp, and separately to the return of `msctl up`. A crash
counts from kill(2) to the stamp of the next run, one kill every 300 ms, each service only once so that no backoff
is in the way. Memory is read three seconds after everything runs. Other supervisors are measured by the same kinds of
workers with their own configuration.

Nothing is deleted before the end, and nothing large should have been for five minutes: ext4 looks long for a free inode
among those that were given back lately (`recently_deleted`), which is then what is measured.
"""
import os
import signal
import subprocess
import sys
import tempfile
import time

from measure import HERE, daemon_pid, memory, msctl, services, shim_pids, show

SIZES = [int(n) for n in sys.argv[1:]] or [10, 50]
ROUNDS = 5


def stamps(project):
    try:
        with open(project + "/stamp") as file:
            return [line.split() for line in file.read().splitlines()]
    except FileNotFoundError:
        return []


def wait_for(condition, seconds=20):
    end = time.time() + seconds
    while time.time() < end:
        if condition():
            return
        time.sleep(0.0005)
    raise SystemExit("the workers did not start")


def make_project(size, worker, place):
    project = tempfile.mkdtemp(dir=place)
    os.mkdir(project + "/manifests")
    with open(project + "/manifests/workers.yaml", "w") as manifest:
        manifest.write("services:\n")
        for number in range(size):
            manifest.write(
                f"  w{number}: {{ command: [{worker}], restart: on-failure, "
                f"environment: {{ STAMP: {project}/stamp }} }}\n")
    return project


def round_of(size, worker, place, results):
    project = make_project(size, worker, place)
    try:
        begin = time.time_ns()
        returned = msctl(project, "up")[0]
        wait_for(lambda: len(stamps(project)) >= size)
        started = (max(int(stamp[2]) for stamp in stamps(project)) - begin) / 1e6
        status = [msctl(project, "status")[0] for _ in range(10)]
        crashes = []
        for service in services(project)[:10]:
            count = len(stamps(project))
            killed = time.time_ns()
            os.kill(service["pid"], signal.SIGKILL)
            wait_for(lambda: len(stamps(project)) > count)
            crashes.append((int(stamps(project)[-1][2]) - killed) / 1e6)
            time.sleep(0.3)
        time.sleep(3)
        shims = [memory(pid)[1] / 1024 for pid in shim_pids(project)]
        rss, pss = (kb / 1024 for kb in memory(daemon_pid(project)))
        down = msctl(project, "down")[0]
        for name, values in (("start, last worker's stamp", [started]), ("start, msctl up returns", [returned]),
                             ("status", status), ("crash to replacement", crashes), ("down", [down]),
                             ("shim PSS each", shims), ("msctld RSS", [rss]), ("msctld PSS", [pss]),
                             ("all of msctl PSS", [pss + sum(shims)])):
            results.setdefault(name, []).extend(values)
    finally:
        msctl(project, "down")


with tempfile.TemporaryDirectory() as build:
    worker = build + "/worker"
    subprocess.run(["cc", "-O2", "-o", worker, HERE + "/worker.c"], check=True)
    for size in SIZES:
        results = {}
        for number in range(ROUNDS + 1):
            # The first round warms the page cache and is not counted.
            round_of(size, worker, build, results if number else {})
        for name, values in results.items():
            show(f"{size} services: {name}", values, "MB" if "SS" in name else "ms")
