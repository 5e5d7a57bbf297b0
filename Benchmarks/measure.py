"""Times commands in alternating pairs and tells what came out."""

import os
import re
import statistics
import subprocess
import time
from dataclasses import dataclass, field


class Failed(Exception):
    """A measured command ended with an error."""


def run(command, environment):
    """Runs a shell pipeline, all of whose parts must succeed, and returns its seconds on the monotonic clock."""
    os.sync()
    began = time.monotonic()
    done = subprocess.run(
        ["bash", "-c", "set -euo pipefail; " + command], env=environment, text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    seconds = time.monotonic() - began
    if done.returncode != 0:
        tail = " / ".join(done.stderr.strip().splitlines()[-3:])
        raise Failed(f"exit status {done.returncode} of `{command}`: {tail}")
    return seconds


def peak_memory(command, environment):
    """The largest resident set, in bytes, of a command and of each of its children, by GNU time."""
    done = subprocess.run(
        ["/usr/bin/time", "-v", "bash", "-c", "exec " + command], env=environment, text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise Failed(f"exit status {done.returncode} of `{command}`: {done.stderr.strip().splitlines()[:3]}")
    return int(re.search(r"Maximum resident set size \(kbytes\): (\d+)", done.stderr)[1]) * 1024


@dataclass
class Side:
    """One of the two that are compared: a command, with what is done before and after it outside of the time."""

    name: str
    command: str
    before: object = lambda: None
    after: object = lambda: None
    environment: dict = field(default_factory=dict)

    def time(self, environment):
        self.before()
        try:
            return run(self.command, {**environment, **self.environment})
        finally:
            self.after()


@dataclass
class Row:
    """A line of the table."""

    work: str
    against: str
    bar: str
    ours: str = "-"
    theirs: str = "-"
    ratio: str = "-"
    reached: object = None
    note: str = ""

    def cells(self):
        verdict = {True: "yes", False: "**no**", None: "-"}[self.reached]
        return [self.work, self.against, self.ours, self.theirs, self.ratio, self.bar, verdict + (f" ({self.note})" if self.note else "")]


def spread(values, unit=" s", digits=2):
    middle = f"{statistics.median(values):.{digits}f}{unit}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def pair(work, ours, theirs, bar, pairs, environment):
    """Measures two sides in turn, after a warm-up of ours; `ours` may be None."""
    row = Row(work, f"`{theirs.name}`", f"≤ {bar:.2f} ×")
    try:
        mine, other = [], []
        if ours:
            ours.time(environment)
        for _ in range(pairs):
            if ours:
                mine.append(ours.time(environment))
            other.append(theirs.time(environment))
        row.theirs = spread(other)
        if mine:
            ratios = [a / b for a, b in zip(mine, other)]
            row.ours = spread(mine)
            row.ratio = spread(ratios, "", 3)
            row.reached = statistics.median(ratios) <= bar
    except Failed as failure:
        row.note = f"failed: {failure}"
        row.reached = False
    return row


def sizes(work, against, ours, theirs, bar):
    """Compares two sizes in bytes; `ours` may be None."""
    row = Row(work, f"`{against}`", f"≤ {bar:.2f} ×", theirs=f"{theirs / 1e6:.1f} MB")
    if ours is not None:
        row.ours = f"{ours / 1e6:.1f} MB"
        row.ratio = f"{ours / theirs:.3f}"
        row.reached = ours / theirs <= bar
    return row
