#!/usr/bin/env python3
"""Logs beside the tools one would use without msctl, as ratios in one run: capture, indexing, search, follow.

    make build && python3 Benchmarks/logs.py [PART …]       # PART: capture index search follow; default all
        [--lines 5000000] [--rounds 5] [--spew SPEW.c] [--place DIRECTORY] [--skip-jq]

Method: the lines are those of loglines.c, 5,000,000 for 1 GB. What two programs are compared by they do in turn, on the
same file or workload, after one round that is not counted; the ratio is the median of the rounds' ratios.

Capture: the writer's own time, stamped by the shell around it, as a service and with its output in a plain file.
Before each half everything is on disk, msctld is idle, and the file before is out of the page cache, so that both find
memory that was in use already (a virtual machine's untouched memory is slow). Nothing is deleted before the very end.
Indexing: wall time of `msctl logs --reindex` on one core, start and all. --spew adds the lines of another harness's
writer (argv: N STAMPFILE, then it waits).
Search: wall time from the start of a command to the end of its output, which goes through a pipe for all, because grep
stops at its first match when it sees /dev/null. grep runs in the C locale. The file is in the page cache, and the numbers
of lines found are compared. jq runs once.
Follow: 50 services of ticker.c, a pseudo-terminal that is read as fast as lines come; the latency is the time of reading
less the time in the line, which is taken before it is written.
"""
import argparse
import json
import os
import pty
import re
import select
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import termios
import threading
import time

from measure import HERE, MSCTL, daemon_pid, memory, msctl

PARTS = ["capture", "index", "search", "follow"]
parser = argparse.ArgumentParser()
parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
parser.add_argument("--lines", type=int, default=5_000_000)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--spew")
parser.add_argument("--place", help="where a directory for the files is made")
parser.add_argument("--skip-jq", action="store_true")
options = parser.parse_args()
if set(options.parts) - set(PARTS):
    parser.error(f"a part is one of {', '.join(PARTS)}")

BEGINNING = "2026-01-01T00:00:00.000Z"
LOGS = "logs: { retain: 1000GB, runs: 1000 }"
SERVICES, INTERVAL, SECONDS = 50, 100, 20
projects = []


# What a figure is printed as.

def figure(name, values, unit, note="", wanted="", met=None):
    values = sorted(values)
    line = (f"{name:<56} {statistics.median(values):8.2f} {unit:<9} "
            f"(min {values[0]:.2f}, max {values[-1]:.2f}, n {len(values)})")
    if note:
        line += "  " + note
    if wanted:
        line += f"  wanted {wanted}: {'MET' if met else 'MISSED'}"
    print(line, flush=True)


def medians_of_ratios(values, others):
    return statistics.median(value / other for value, other in zip(values, others))


# Projects, and what runs in them.

def make_project(name, services):
    project = f"{place}/{name}"
    os.makedirs(project + "/manifests")
    with open(project + "/manifests/services.yaml", "w") as manifest:
        manifest.write(f"name: {name}\nservices:\n" + "".join(f"  {service}\n" for service in services))
    projects.append(project)
    return project


def log_of(project, service):
    runs = f"{project}/.msctl/runs/{service}.1"
    return f"{runs}/{max(os.listdir(runs), key=int)}/out.log"


def wait_for(path, seconds=300):
    end = time.monotonic() + seconds
    while not os.path.exists(path):
        if time.monotonic() > end:
            raise SystemExit(f"{os.path.basename(path)} did not come within {seconds} s")
        time.sleep(0.01)


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def settle(project, *written):
    """Everything is on disk, and what was written is out of memory; msctld has done what it had to."""
    pid = daemon_pid(project)
    os.sync()
    while True:
        used = processor_seconds(pid)
        time.sleep(1)
        if processor_seconds(pid) - used <= 0.01:
            break
    for path in written:
        with open(path, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def stamped(stamp, output=""):
    """A shell's commands that write the lines and then, all at once, when that began and ended and what it used. The
    second is for msctl to come to its end."""
    return (f"sleep 1; begin=`date +%s%N`; {place}/loglines {options.lines}{output}; end=`date +%s%N`; "
            f"{{ echo $begin $end; times; }} > {stamp}.new; mv {stamp}.new {stamp}")


def taken(stamp):
    """Seconds from beginning to end, and of processor time."""
    wait_for(stamp)
    with open(stamp) as file:
        (begin, end), _, used = (line.split() for line in file.read().splitlines())
    os.remove(stamp)
    return (int(end) - int(begin)) / 1e9, sum(
        60 * int(minutes) + float(seconds.rstrip("s")) for minutes, seconds in (time.split("m") for time in used))


def written_project(name):
    """A project of one service that has written the lines and stays there; the path of its log."""
    command = json.dumps(["sh", "-c", (stamped(f"{place}/{name}.stamp") + "; exec sleep infinity").replace("$", "$$")])
    project = make_project(name, [f"api: {{ command: {command}, {LOGS} }}"])
    msctl(project, "up")
    taken(f"{place}/{name}.stamp")
    settle(project)
    return project, log_of(project, "api")


def cached(path):
    """Reads the file into the page cache, and says so if it is not there then."""
    resident, size = 0, os.path.getsize(path)
    for _ in range(3):
        with open(path, "rb", buffering=0) as file:
            while file.read(1 << 20):
                pass
        try:
            resident = int(subprocess.run(
                ["fincore", "-b", "-n", "-r", "-o", "RES", path], capture_output=True, text=True, check=True).stdout)
        except (OSError, subprocess.CalledProcessError, ValueError):
            print("fincore does not say whether the file is in the page cache", flush=True)
            return
        if resident >= size:
            return
    print(f"only {resident} of {size} bytes are in the page cache", flush=True)


# Capture.

class Peak(threading.Thread):
    """The largest RSS of a process, in MB, looked at ten times a second until stopped."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.rss, self.done = pid, 0, threading.Event()
        self.start()

    def run(self):
        while True:
            try:
                self.rss = max(self.rss, memory(self.pid)[0] / 1024)
            except OSError:
                return
            if self.done.wait(0.1):
                return

    def stop(self):
        self.done.set()
        self.join()
        return self.rss


def capture():
    stamp = f"{place}/capture.stamp"
    command = json.dumps(["sh", "-c", (stamped(stamp) + "; exec sleep infinity").replace("$", "$$")])
    project = make_project(
        "capture", [f"api: {{ command: {command}, {LOGS} }}", "idle: { command: [sleep, infinity] }"])
    msctl(project, "up", "idle")
    time.sleep(3)
    pid = daemon_pid(project)
    before = memory(pid)[0] / 1024
    ours, plain, peaks, processor, last = ([], []), ([], []), [], [], []

    def keep(results):
        took, used = taken(stamp)
        results[0].append(options.lines / took / 1e6)
        results[1].append(used)

    def as_service(number):
        settle(project, *last)
        peak, used = Peak(pid), processor_seconds(pid)
        msctl(project, *(["restart", "api"] if number else ["up"]))
        keep(ours)
        last[:] = [log_of(project, "api")]
        settle(project)
        peaks.append(peak.stop())
        processor.append(processor_seconds(pid) - used)

    def to_file(number):
        settle(project, *last)
        last[:] = [f"{place}/plain.{number}"]
        subprocess.run(["sh", "-c", stamped(stamp, " > " + last[0])], check=True)
        keep(plain)

    for number in range(options.rounds + 1):
        for half in (as_service, to_file) if number % 2 else (to_file, as_service):
            half(number)
        size = os.path.getsize(log_of(project, "api"))
        if size != os.path.getsize(f"{place}/plain.{number}"):
            print(f"WRONG: the service's log has {size} bytes, the plain file another number", flush=True)
    time.sleep(3)
    after = memory(daemon_pid(project))[0] / 1024
    if daemon_pid(project) != pid:
        print("WRONG: msctld is another process than at the beginning", flush=True)
    (plain, plain_used), (ours, ours_used) = ([values[1:] for values in results] for results in (plain, ours))
    ratio = medians_of_ratios(ours, plain)
    figure("capture: to a plain file", plain, "M lines/s")
    figure("capture: as a service, indexed meanwhile", ours, "M lines/s", f"{ratio:.2f} × plain file", "≥ 0.95",
           ratio >= 0.95)
    figure("the writer's processor time: to a plain file", plain_used, "s")
    figure("the writer's processor time: as a service", ours_used, "s",
           f"{medians_of_ratios(ours_used, plain_used):.2f} × plain file")
    figure("msctld's processor time meanwhile", processor[1:], "s")
    figure("msctld's RSS: before", [before], "MB")
    half = len(peaks) // 2
    ratio = max(peaks[half:]) / max(peaks[:half])
    figure("msctld's RSS: at most, in each round", peaks, "MB", f"later half {ratio:.2f} × first half", "≤ 1.1",
           ratio <= 1.1)
    figure("msctld's RSS: after", [after], "MB", "", "no more than that", after <= max(peaks))
    msctl(project, "down")


# Indexing.

def reindex(name, project):
    core = str(max(os.sched_getaffinity(0)))
    speeds, shares = [], []
    for _ in range(options.rounds + 1):
        before, begin = os.times(), time.perf_counter()
        result = subprocess.run(
            ["taskset", "-c", core, MSCTL, "logs", "--reindex", "-C", project], capture_output=True, text=True)
        took, after = time.perf_counter() - begin, os.times()
        said = re.search(r"indexed (\d+) lines", result.stdout + result.stderr)
        if result.returncode != 0 or not said:
            raise SystemExit(f"msctl logs --reindex: exit {result.returncode}\n{result.stdout}{result.stderr}")
        speeds.append(int(said[1]) / took / 1e6)
        used = after.children_user + after.children_system - before.children_user - before.children_system
        shares.append(100 * used / took)
    # The last block of a file that is still written to waits for its end.
    if int(said[1]) < options.lines - 3_000:
        print(f"WRONG: {said[0]} of {options.lines}", flush=True)
    figure(name, speeds[1:], "M lines/s", f"had {statistics.median(shares[1:]):.0f} % of the core", "≥ 4",
           statistics.median(speeds[1:]) >= 4)


def index(project, log):
    cached(log)
    reindex("indexing on one core: loglines.c", project)
    if options.spew:
        stamp = place + "/spew.stamp"
        subprocess.run(["cc", "-O2", "-w", "-o", place + "/spew", options.spew], check=True)
        spewed = make_project("spewed", [f"spew: {{ command: [{place}/spew, '{options.lines}', {stamp}], {LOGS} }}"])
        msctl(spewed, "up")
        wait_for(stamp)
        settle(spewed)
        cached(log_of(spewed, "spew"))
        reindex("indexing on one core: without a trace id", spewed)
        msctl(spewed, "down")


# Search.

# Where output is read to: memory that is in use already, so that the reader takes little of the two processors.
received = bytearray(1 << 26)


def timed(command):
    """Wall time in ms of a command whose output goes through a pipe, and the output."""
    size, view = 0, memoryview(received)
    environment = {**os.environ, "LC_ALL": "C"} if command[0] == "grep" else None
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    while count := os.readv(process.stdout.fileno(), [view[size:size + (1 << 16)]]):
        size += count
    code = process.wait()
    took = (time.perf_counter() - begin) * 1e3
    process.stdout.close()
    if code != 0:
        raise SystemExit(f"{' '.join(command)}: exit {code}")
    return took, bytes(view[:size])


def lines_in(output, command):
    """Without the lines that name a day, which pretty output has."""
    if command[:2] == ["grep", "-c"]:
        return int(output)
    return output.count(b"\n") - len(re.findall(rb"^-- \d{4}-\d\d-\d\d", output, re.M))


def expect(command, output, lines):
    if lines_in(output, command) != lines:
        print(f"WRONG: {lines_in(output, command)} lines, not {lines}, from {' '.join(command)}", flush=True)


def alone(name, command, lines=None, most=None):
    """A command that is to be fast by itself; where the number of lines is known, it is checked."""
    times = []
    for _ in range(options.rounds + 1):
        took, output = timed(command)
        times.append(took)
        if lines:
            expect(command, output, lines)
    figure(name, times[1:], "ms", "", f"≤ {most} ms" if most else "", most and statistics.median(times[1:]) <= most)


def beside(ours, ours_lines, grep, grep_lines):
    """The times of both, in turn."""
    times = ([], [])
    for _ in range(options.rounds + 1):
        for kept, command, lines in zip(times, (ours, grep), (ours_lines, grep_lines)):
            took, output = timed(command)
            kept.append(took)
            expect(command, output, lines)
    return times[0][1:], times[1][1:]


def search(project, log):
    cached(log)
    with open(log, "rb") as file:
        size = os.path.getsize(log)
        file.seek(size // 2)
        file.readline()
        middle = json.loads(file.readline())
        file.seek(size * 3 // 4)
        file.readline()
        quarter = json.loads(file.readline())["ts"]
    logs = [MSCTL, "logs", "-C", project]
    # As people see it, and as the tools beside it print it.
    formats = (("pretty", []), ("raw", ["--format", "raw"]))

    for form, arguments in formats:
        alone(f"logs --tail 100, {form}", [*logs, "--tail", "100", *arguments], 100, 20)
    for name, literal, lines in (("one line", middle["path"], 1), ("1 %", '"status":500', options.lines // 100)):
        for form, arguments in formats:
            command = ["grep", "-c", literal, log]
            ours, grep = beside([*logs, "--grep", literal, *arguments], lines, command, lines)
            ratio = medians_of_ratios(ours, grep)
            figure(f"grep -c, {name}", grep, "ms")
            figure(f"logs --grep, {name}, {form}", ours, "ms", f"{ratio:.2f} × grep -c", "≤ 1.5", ratio <= 1.5)
    for name, since in (("from the beginning", BEGINNING), ("last quarter", quarter)):
        selection = ["--level", "error", "--since", since]
        lines = timed([*logs, *selection, "--format", "raw"])[1].count(b"\n")
        jq = None
        if not options.skip_jq:
            command = ["jq", "-c", f'select(.level=="error" and .ts>="{since}")', log]
            jq, output = timed(command)
            expect(command, output, lines)
            figure(f"jq, error, {name}", [jq], "ms")
        for form, arguments in formats:
            # grep does not compare times: it finds the errors of the whole file.
            command = ["grep", '"level":"error"', log]
            ours, grep = beside([*logs, *selection, *arguments], lines, command, options.lines // 100)
            ratio = medians_of_ratios(grep, ours)
            figure("grep, error, whole file", grep, "ms")
            name_of_ours = f"logs --level error --since, {name}, {form}"
            figure(name_of_ours, ours, "ms", f"{ratio:.1f} times as fast as grep", "≥ 5", ratio >= 5)
            if jq:
                ratio = jq / statistics.median(ours)
                figure(name_of_ours, ours, "ms", f"{ratio:.0f} times as fast as jq", "≥ 20", ratio >= 20)
    alone("logs --trace TRACE", [*logs, "--trace", middle["traceId"], "--format", "raw"], 8, 50)
    alone("trace TRACE", [MSCTL, "trace", middle["traceId"], "-C", project], None, 50)
    alone("trace REQUEST", [MSCTL, "trace", middle["requestId"], "-C", project])


# Follow.

def follow():
    project = make_project("follow", [
        f"s{number}: {{ command: [{place}/ticker, '{number}', '{INTERVAL}'] }}" for number in range(SERVICES)])
    msctl(project, "up")
    time.sleep(3)
    terminal, inside = pty.openpty()
    termios.tcsetwinsize(inside, (50, 200))
    process = subprocess.Popen(
        [MSCTL, "logs", "-f", "--tail", "0", "--format", "raw", "-C", project], stdin=inside, stdout=inside,
        stderr=inside, start_new_session=True)
    os.close(inside)
    latencies, numbers, rest, missed = [], {}, b"", 0
    try:
        begin = time.monotonic()
        # The first two seconds are not counted.
        while (now := time.monotonic()) < begin + 2 + SECONDS:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            bytes_read = os.read(terminal, 1 << 16)
            read_at = time.time_ns()
            *lines, rest = (rest + bytes_read).split(b"\n")
            for line in lines:
                try:
                    tick = json.loads(line)
                except ValueError:
                    print(f"WRONG: {line!r}", flush=True)
                    continue
                service, number = tick["service"], tick["line"]
                missed += number != numbers.get(service, number - 1) + 1
                numbers[service] = number
                if now >= begin + 2:
                    latencies.append((read_at - tick["sent"]) / 1e6)
    finally:
        process.terminate()
        process.wait()
        os.close(terminal)
    expected = SERVICES * SECONDS * 1000 // INTERVAL
    if missed or abs(len(latencies) - expected) > SERVICES * 2:
        print(f"WRONG: {len(latencies)} of {expected} lines, {missed} out of turn", flush=True)
    if not latencies:
        raise SystemExit("nothing was followed")
    latencies.sort()
    p99 = latencies[int(len(latencies) * 0.99)]
    figure(f"logs -f, write to terminal, {SERVICES} services", latencies, "ms", f"p99 {p99:.2f} ms", "≤ 20 ms",
           statistics.median(latencies) <= 20)
    figure("the same, its p99", [p99], "ms", "", "≤ 20 ms", p99 <= 20)
    msctl(project, "down")


# All of it.

def main():
    parts = options.parts or PARTS
    for program in ("loglines", "ticker"):
        subprocess.run(["cc", "-O2", "-o", f"{place}/{program}", f"{HERE}/{program}.c"], check=True)
    print(f"{options.lines} lines, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    if "capture" in parts:
        capture()
    if {"index", "search"} & set(parts):
        project, log = written_project("search")
        if "index" in parts:
            index(project, log)
        if "search" in parts:
            search(project, log)
    if "follow" in parts:
        follow()


def end(*_):
    raise SystemExit(130)


place = os.path.realpath(tempfile.mkdtemp(prefix="logs-", dir=options.place))
signal.signal(signal.SIGINT, end)
signal.signal(signal.SIGTERM, end)
try:
    main()
finally:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for project in projects:
        try:
            msctl(project, "down")
        except SystemExit as error:
            print(error, file=sys.stderr)
    shutil.rmtree(place, ignore_errors=True)
