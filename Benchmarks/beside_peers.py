#!/usr/bin/env python3
"""Runs msctl in a harness that measures other supervisors, with the same workers in the same run.

    make build && PEERS_VENV=VENV python3 Benchmarks/beside_peers.py PEERS.py [TOOL …]     # TOOL msctl for msctl alone

PEERS.py holds a table TOOLS of name → (prepare, logfile) and measures each: prepare gets (name, command line) pairs and
returns what to execute in the work directory W. Restarts are set to come without a pause, as the harness kills the same
service again and again.
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
MSCTL = os.path.realpath(os.environ.get("MSCTL", os.path.join(HERE, "..", ".build", "release", "msctl")))
RESTART = "deploy: { restart_policy: { condition: any, delay: 0s, max_delay: 1s, max_attempts: 100000, window: 60s } }"


def add_msctl(tools, names):
    work, build = names["W"], names["B"]
    subprocess.run(["cc", "-O2", "-o", build + "/foreground", HERE + "/foreground.c"], check=True)

    def prepare(services):
        os.makedirs(work + "/manifests", exist_ok=True)
        with open(work + "/manifests/workers.yaml", "w") as manifest:
            manifest.write("name: peers\nservices:\n")
            for name, command in services:
                manifest.write(f"  {name}: {{ command: [{', '.join(command.split())}], {RESTART} }}\n")
        return [build + "/foreground", MSCTL, work]

    def logfile(name):
        # The newest run may just be starting, and old ones are deleted while a service crashes again and again.
        runs = sorted(int(run) for run in os.listdir(f"{work}/.msctl/runs/{name}.1"))
        return f"{work}/.msctl/runs/{name}.1/{runs[-2] if len(runs) > 1 else runs[-1]}/out.log"

    tools["msctl"] = (prepare, logfile)


path = sys.argv.pop(1)
with open(path) as file:
    source = file.read()
start = source.index("\nR={}")
names = {"__name__": "__main__", "__file__": os.path.abspath(path)}
exec(compile(source[:start], path, "exec"), names)
add_msctl(names["TOOLS"], names)
exec(compile(source[start:], path, "exec"), names)
