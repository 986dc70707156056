"""Runs a command and prints its output with what it took, as JSON: python run.py COMMAND …"""

import json
import resource
import subprocess
import sys
import time

begun = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
seconds = time.perf_counter() - begun
used = resource.getrusage(resource.RUSAGE_CHILDREN)
# Linux counts in KiB, macOS in bytes.
unit = 1 if sys.platform == "darwin" else 1024
print(
    json.dumps({
        "code": done.returncode,
        "out": done.stdout,
        "err": done.stderr,
        "wallSeconds": seconds,
        "cpuSeconds": used.ru_utime + used.ru_stime,
        "peakBytes": used.ru_maxrss * unit,
    })
)
