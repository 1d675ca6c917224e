#!/usr/bin/env python3
"""Every response as a line of comma-separated values: to_csv.py FILE."""
import csv
import json
import sys

columns = ["at", "run_phase", "user", "client_id", "client_type", "method", "url", "code", "success",
           "error", "due", "begun", "end", "lag", "duration", "response", "bytes_sent", "bytes_received"]
rows = 0
with open(sys.argv[1], "w", newline="", encoding="utf-8") as file:
    writer = csv.DictWriter(file, columns, extrasaction="ignore")
    writer.writeheader()
    for event in map(json.loads, sys.stdin):
        if event["type"] == "response":
            writer.writerow(event)
            rows += 1
print(json.dumps({"report": f"\n* {rows} responses in {sys.argv[1]}"}))
