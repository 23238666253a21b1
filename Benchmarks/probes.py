#!/usr/bin/env python3
"""What watching costs the daemon: processor share under HTTP probes, and wake-ups without any.

    make build && python3 Benchmarks/probes.py [SERVICES [INTERVAL_MS [SECONDS]]]      # default 100 100 20

Method: SERVICES times answerer.c, each with an HTTP healthcheck every INTERVAL_MS, so by default 1,000 probes a second.
When all are healthy, the processor time of msctld (user and system, /proc/PID/stat) over SECONDS is compared with the
clock, and the services' own counters say how many probes really came. Then the same number of services without probes:
the context switches of all threads of msctld over SECONDS, which are its wake-ups.
"""
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time

from measure import HERE, daemon_pid, memory, msctl

SERVICES, INTERVAL, SECONDS = ([int(n) for n in sys.argv[1:]] + [100, 100, 20][len(sys.argv) - 1:])[:3]
TICK = os.sysconf("SC_CLK_TCK")


def make_project(program, healthcheck):
    project = tempfile.mkdtemp(prefix="probes-")
    os.mkdir(project + "/manifests")
    os.mkdir(project + "/count")
    with open(project + "/manifests/services.yaml", "w") as manifest:
        manifest.write("services:\n")
        for number in range(SERVICES):
            manifest.write(
                f"  s{number}: {{ command: [{program}], ports: [auto], environment: {{ COUNT: {project}/count }}"
                f"{healthcheck} }}\n")
    return project


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def switches(pid):
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status") as status:
            total += sum(int(line.split()[1]) for line in status if "ctxt_switches" in line)
    return total


def answers(project):
    total = 0
    for name in os.listdir(project + "/count"):
        with open(f"{project}/count/{name}", "rb") as file:
            total += struct.unpack("=Q", file.read(8))[0]
    return total


def measured(program, healthcheck, measure):
    project = make_project(program, healthcheck)
    try:
        msctl(project, "up")
        time.sleep(6)  # The fast questions of the start are over.
        measure(project, daemon_pid(project))
    finally:
        msctl(project, "down")
        shutil.rmtree(project)


def under_probes(project, pid):
    begin, used, answered = time.monotonic(), processor_seconds(pid), answers(project)
    time.sleep(SECONDS)
    took = time.monotonic() - begin
    used, answered = processor_seconds(pid) - used, answers(project) - answered
    print(f"{SERVICES} HTTP probes every {INTERVAL} ms: {answered / took:.0f} answers/s, "
          f"{100 * used / took:.1f} % of one core, {1e6 * used / max(1, answered):.0f} us a probe, "
          f"RSS {memory(pid)[0] / 1024:.1f} MB", flush=True)


def idle(project, pid):
    before = switches(pid)
    time.sleep(SECONDS)
    print(f"{SERVICES} services without probes: {switches(pid) - before} wake-ups in {SECONDS} s", flush=True)


with tempfile.TemporaryDirectory() as build:
    answerer = build + "/answerer"
    subprocess.run(["cc", "-O2", "-o", answerer, HERE + "/answerer.c"], check=True)
    measured(answerer, f", healthcheck: {{ http: /health, interval: {INTERVAL}ms, timeout: 1s }}", under_probes)
    measured(answerer, "", idle)
