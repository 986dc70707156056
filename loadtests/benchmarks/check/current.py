"""Writes as many flights as January to June have, drawn from the second half of them, seed 1.

Run by main.ts: python current.py FLIGHTS OUTPUT ROWS
"""

import sys

import numpy as np
import pyarrow.parquet as pq

source, output, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
table = pq.read_table(source)
half = table.num_rows // 2
drawn = np.random.default_rng(1).integers(half, table.num_rows, rows)
pq.write_table(table.take(np.sort(drawn)), output, compression="zstd")
