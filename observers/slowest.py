#!/usr/bin/env python3
"""The ten slowest requests of a run, by what the user waited."""
import heapq
import json
import sys

slowest = []
for number, line in enumerate(sys.stdin):
    event = json.loads(line)
    if event["type"] == "response" and event["run_phase"] == "measured":
        heapq.heappush(slowest, (event["response"], number, event))
        if len(slowest) > 10:
            heapq.heappop(slowest)

lines = ["", "* The slowest requests"]
for seconds, _, event in sorted(slowest, reverse=True):
    lines.append(f"{seconds:9.4f} s at {event['at']:9.3f} s {event['user']} {event['method']} {event['url']}")
print(json.dumps({"report": "\n".join(lines)}))
