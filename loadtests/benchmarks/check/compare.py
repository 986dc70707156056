"""Compares two Parquet files as a notebook would, with pyarrow and SciPy: what `plumbline check` does.

Numbers: Kolmogorov-Smirnov with its asymptotic p-value, Kuiper, PSI and chi-squared on the deciles,
quantiles, the share out of range. Texts: PSI and chi-squared on the categories, the share of unseen
ones. All: missing values. Run by main.ts: python compare.py BASELINE CURRENT
"""

import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy import stats

LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]


def divergence(b, w):
    keep = (b > 0) | (w > 0)
    b, w = b[keep], w[keep]
    n, m = b.sum(), w.sum()
    p = np.where(b == 0, 0.5, b) / n
    q = np.where(w == 0, 0.5, w) / m
    chi = stats.chi2_contingency(np.array([b, w]), correction=False)
    return {
        "psi": float(((q - p) * np.log(q / p)).sum()),
        "chi_squared": float(chi.statistic),
        "chi_squared_p": float(chi.pvalue),
    }


def missing(x, y):
    table = [[x.null_count, len(x) - x.null_count], [y.null_count, len(y) - y.null_count]]
    rates = {"missing": [x.null_count / len(x), y.null_count / len(y)]}
    if x.null_count + y.null_count > 0:
        rates["missing_p"] = float(stats.fisher_exact(table).pvalue)
    return rates


def numbers(x, y):
    a = np.sort(x.drop_null().to_numpy())
    b = np.sort(y.drop_null().to_numpy())
    ks = stats.ks_2samp(a, b, method="asymp")
    both = np.concatenate([a, b])
    f = np.searchsorted(a, both, side="right") / len(a)
    g = np.searchsorted(b, both, side="right") / len(b)
    edges = np.unique(np.quantile(a, np.arange(1, 10) / 10, method="inverted_cdf"))
    bins = len(edges) + 1
    counts = [np.bincount(np.searchsorted(edges, v, side="left"), minlength=bins) for v in (a, b)]
    outside = [float(((v < a[0]) | (v > a[-1])).mean()) for v in (a, b)]
    return {
        "ks": float(ks.statistic),
        "ks_p": float(ks.pvalue),
        "kuiper": float((f - g).max() + (g - f).max()),
        **divergence(*counts),
        "quantiles": [np.quantile(v, LEVELS, method="inverted_cdf").tolist() for v in (a, b)],
        "out_of_range": outside,
    }


def categories(x, y):
    tables = []
    for column in (x, y):
        counted = pc.value_counts(column.drop_null())
        tables.append(dict(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist())))
    before, after = tables
    seen = sorted(before)
    unseen = sum(count for name, count in after.items() if name not in before)
    b = np.array([before[name] for name in seen] + [0])
    w = np.array([after.get(name, 0) for name in seen] + [unseen])
    return {**divergence(b, w), "unseen": unseen / max(1, len(y))}


baseline, current = pq.read_table(sys.argv[1]), pq.read_table(sys.argv[2])
fields = {}
for name in baseline.column_names:
    x, y = baseline[name], current[name]
    field = missing(x, y)
    if pa.types.is_integer(x.type) or pa.types.is_floating(x.type):
        field |= numbers(x, y)
    elif pa.types.is_string(x.type) or pa.types.is_large_string(x.type):
        field |= categories(x, y)
    fields[name] = field
print(json.dumps(fields))
