"""What the benchmarks share: running msctl, medians, memory by /proc."""
import json
import os
import statistics
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MSCTL = os.environ.get("MSCTL", os.path.join(HERE, "..", ".build", "release", "msctl"))


def msctl(project, *arguments, environment=None):
    """Runs msctl in the project; gives its wall time in ms and what it printed."""
    start = time.perf_counter()
    result = subprocess.run(
        [MSCTL, *arguments], cwd=project, capture_output=True, text=True, env={**os.environ, **(environment or {})})
    took = (time.perf_counter() - start) * 1e3
    if result.returncode != 0:
        raise SystemExit(f"msctl {' '.join(arguments)}: exit {result.returncode}\n{result.stdout}{result.stderr}")
    return took, result.stdout


def services(project):
    return json.loads(msctl(project, "status", "--format", "json")[1])["services"]


def daemon_pid(project):
    return json.loads(msctl(project, "status", "--format", "json")[1])["daemon"]["pid"]


def shim_pids(project):
    """The shims of the running instances: the first number in each run's lock file."""
    pids = []
    for service in services(project):
        with open(f"{project}/.msctl/runs/{service['instance']}/{service['run']}/shim.lock") as lock:
            pids.append(int(lock.read().split()[0]))
    return pids


def memory(pid):
    """(RSS, PSS) in kB from smaps_rollup."""
    values = {}
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        for line in rollup:
            words = line.split()
            if words[0] in ("Rss:", "Pss:"):
                values[words[0]] = int(words[1])
    return values["Rss:"], values["Pss:"]


def show(name, values, unit="ms"):
    values = sorted(values)
    print(f"{name:<44} median {statistics.median(values):8.2f} {unit}   "
          f"min {values[0]:.2f}   max {values[-1]:.2f}   n {len(values)}", flush=True)
