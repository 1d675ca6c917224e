#!/usr/bin/env python3
"""Which users fared worst: the p95 of what each of them waited, and how far the slowest tenth is from the median.

Usage: spread.py [MOST]    the run fails when the slowest tenth of the users waits more than MOST times as long

It takes operations: what users did, from when it was due to its end, in the measured phase. Users with fewer than
five are left out. Each user is a small table of how often which time was met, to 2 %, so that a run may be long.
"""
import json
import math
import statistics
import sys
from collections import Counter, defaultdict

LEAST, GRAIN, FLOOR = 5, math.log(1.02), 0.0001
most = float(sys.argv[1]) if len(sys.argv) > 1 else None

waited = defaultdict(Counter)  # user -> step of the scale -> how often
failed = Counter()
for line in sys.stdin:
    event = json.loads(line)
    if event["type"] != "operation" or event["run_phase"] != "measured":
        continue
    if event["phase"] == "end":
        waited[event["user"]][round(math.log(max(event["response"], FLOOR)) / GRAIN)] += 1
    elif event["phase"] == "failed" and not event["unfinished"]:
        failed[event["user"]] += 1


def p95(steps):
    """The time within which 95 of 100 were served, seconds."""
    left = math.ceil(0.95 * sum(steps.values()))
    for step in sorted(steps):
        left -= steps[step]
        if left <= 0:
            return math.exp(step * GRAIN)


users = sorted(((p95(steps), user) for user, steps in waited.items() if sum(steps.values()) >= LEAST), reverse=True)
lines, failures = ["", "* How users fared: p95 of what each waited for operations"], []
if not users:
    lines.append(f"  no user had {LEAST} operations in the measured phase")
else:
    tenth = [time for time, _ in users[: math.ceil(len(users) / 10)]]
    median, slowest = statistics.median(time for time, _ in users), statistics.mean(tenth)
    ratio = slowest / median
    lines.append(f"  median user {median:.4f} s, slowest tenth {slowest:.4f} s: {ratio:.2f} times, of {len(users)} users")
    for time, user in users[:10]:
        lines.append(f"  {time:9.4f} s  {user}: {sum(waited[user].values())} operations, {failed[user]} failed")
    few = len(waited.keys() | failed.keys()) - len(users)
    if few:
        lines.append(f"  {few} users had fewer than {LEAST} operations and are left out")
    if most is not None and ratio > most:
        failures.append(f"the slowest tenth of the users waits {ratio:.2f} times as long as the median one, more than {most:g}")
print(json.dumps({"report": "\n".join(lines), "failures": failures}))
