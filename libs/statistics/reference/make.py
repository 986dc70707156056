"""Writes the reference tables that the tests of libs/statistics compare with.

Run from anywhere: python3 make.py [table …]        Needs: scipy==1.17.* mpmath

Where SciPy underflows or subtracts from 1, exact integers, fractions or 60-digit decimals are used.
Every logarithm here is to base 10. Random numbers have fixed seeds, so a second run writes the same.
"""

import json
import math
import sys
import warnings
from decimal import Decimal, getcontext
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import mpmath as mp
import numpy as np
from scipy import special, stats
from scipy.spatial import distance as distance_metrics

getcontext().prec = 60
HERE = Path(__file__).parent


def log10_of(value):
    """log10 of a positive Fraction or Decimal, however small."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    return float(value.log10())


def write(name, data):
    rows = json.dumps(data, separators=(",", ":"), allow_nan=False)
    (HERE / f"{name}.json").write_text(rows.replace("},{", "},\n{") + "\n")


def chi2_log10_even(x, df):
    """log10 P(chi2_df >= x) for even df, by the finite Poisson sum."""
    half = Decimal(x) / 2
    term = total = Decimal(1)
    for k in range(1, df // 2):
        term = term * half / k
        total += term
    return log10_of((-half).exp() * total)


def f_log10_even(f, d1, d2):
    """log10 P(F(d1, d2) >= f) for even degrees of freedom, by a binomial sum."""
    f = Fraction(f)
    x = Fraction(d2) / (d2 + d1 * f)
    a, b = d2 // 2, d1 // 2
    size = a + b - 1
    return log10_of(sum(math.comb(size, k) * x**k * (1 - x) ** (size - k) for k in range(a, size + 1)))


def distributions():
    rng = np.random.default_rng(1)
    out = {}
    xs = [1e-10, 1e-3, 0.3, 1, 1.5, 2, 2.7, 9.9, 15.9, 16.1, 100.5, 1e4, 3.3e6, 1e12]
    out["log_gamma"] = [[x, float(special.gammaln(x))] for x in xs]
    pairs = [(0.01, 1e-6), (0.5, 0.02), (0.5, 40), (1, 1), (3, 2.9), (3, 4.1), (50, 30), (50, 90),
             (1000, 900), (1000, 1003), (1000, 1100), (2e5, 2.001e5), (1e-4, 3)]
    out["gamma"] = [[a, x, float(special.gammainc(a, x)), float(special.gammaincc(a, x))] for a, x in pairs]
    out["chi_squared"] = [[x, df, float(stats.chi2.sf(x, df))]
                          for df in (1, 2, 9, 10, 99, 1000) for x in (0.01, 1, df, 2 * df + 10, df + 400)]
    out["chi_squared_log10"] = [[x, df, chi2_log10_even(x, df)]
                                for x, df in ((10, 2), (500, 10), (1500, 10), (1e5, 10), (3e6, 998), (1.5, 4))]
    out["chi_squared_quantile"] = [[df, a, float(stats.chi2.isf(a, df))]
                                   for df in (1, 2, 9, 99, 1000) for a in (0.999, 0.5, 0.05, 0.01, 1e-6, 1e-100)]
    out["noncentral"] = [[x, df, nc, float(stats.ncx2.sf(x, df, nc))]
                         for x, df, nc in ((21.7, 9, 20), (21.7, 9, 0.01), (50, 9, 30), (3.84, 1, 7.85),
                                           (150, 99, 60), (1200, 999, 150), (2000, 9, 2100), (5e4, 9, 5.1e4),
                                           (90, 9, 20), (5, 9, 30))]
    out["normal_quantile"] = [[p, float(stats.norm.ppf(p))]
                              for p in (1e-300, 1e-20, 1e-5, 0.01, 0.05, 0.3, 0.5, 0.8, 0.975, 0.999999)]
    out["normal"] = [[z, float(stats.norm.sf(z))] for z in (-9, -2, -0.1, 0, 0.3, 1.96, 5, 20, 37)]
    rows = []
    for d1, d2 in ((2, 40), (1.7, 51.3), (40, 1200), (1999, 57971), (0.3, 9), (2000, 2e6)):
        rows += [[f, d1, d2, float(stats.f.sf(f, d1, d2))] for f in (0.2, 0.97, 1, 1.03, 1.3, 4, 30)]
    out["f"] = [r for r in rows if r[3] > 1e-290]
    out["f_log10"] = [[f, d1, d2, f_log10_even(f, d1, d2)]
                      for f, d1, d2 in ((2, 10, 40), (1000, 4, 60), (9, 400, 4000), (50, 200, 2000), (1e6, 20, 600))]
    out["f_quantile"] = [[d1, d2, a, float(stats.f.isf(a, d1, d2))]
                         for d1, d2 in ((2, 40), (1.7, 51.3), (40, 1200), (1999, 57971), (0.3, 9))
                         for a in (0.9, 0.5, 0.05, 0.01, 1e-6)]
    rows = []
    for trials, a, b in ((50, Fraction(1, 3), Fraction(99, 2)), (200, Fraction(3, 2), Fraction(300)),
                         (1000, Fraction(41, 3), Fraction(10_000, 3)), (10, Fraction(1, 5), Fraction(1, 7)),
                         (1, Fraction(2), Fraction(5)), (400, Fraction(2), Fraction(20))):
        mass = [Fraction(1)]
        for k in range(trials):
            mass.append(mass[-1] * (trials - k) * (a + k) / ((k + 1) * (b + trials - k - 1)))
        total = sum(mass)
        for u in sorted({0, 1, min(2, trials), trials // 20, trials // 4, trials // 2, trials}):
            rows.append([u, trials, float(a), float(b), log10_of(sum(mass[u:]) / total)])
    # SciPy's own, where it does not subtract from 1 in the tail.
    for _ in range(6):
        trials, a, b = int(rng.integers(5, 5000)), float(rng.uniform(0.2, 30)), float(rng.uniform(5, 3000))
        u = round(trials * a / (a + b)) + 1
        rows.append([u, trials, a, b, math.log10(stats.betabinom.sf(u - 1, trials, a, b))])
    out["beta_binomial_log10"] = rows
    rows = []
    for total, marked, draws in ((20, 7, 12), (1000, 30, 400), (10**6, 40, 1000), (5, 5, 2)):
        low, high = max(0, marked + draws - total), min(marked, draws)
        for k in sorted({low, max(low, (low + high) // 3), high}):
            p = Fraction(math.comb(marked, k) * math.comb(total - marked, draws - k), math.comb(total, draws))
            rows.append([k, total, marked, draws, log10_of(p)])
    out["hypergeometric_log10"] = rows
    write("distributions", out)


def distance(ends, labels):
    """max abs(i*m - j*n) at block ends, for labels (1 = baseline) in pooled order."""
    n = sum(labels)
    m = len(labels) - n
    h = i = 0
    for s, label in enumerate(labels, 1):
        i += label
        if ends[s - 1]:
            h = max(h, abs(i * m - (s - i) * n))
    return h


def blocks_of(baseline, window):
    pooled = sorted(baseline + window)
    return [k + 1 == len(pooled) or pooled[k] != pooled[k + 1] for k in range(len(pooled))]


def brute_force(baseline, window):
    """Every split of the pooled values: (h, splits at least as far apart, splits)."""
    ends = blocks_of(baseline, window)
    n, size = len(baseline), len(ends)
    h = 0
    for v in set(baseline + window):
        i, j = sum(b <= v for b in baseline), sum(w <= v for w in window)
        h = max(h, abs(i * len(window) - j * n))
    hits = count = 0
    for chosen in combinations(range(size), n):
        labels = [0] * size
        for k in chosen:
            labels[k] = 1
        hits += distance(ends, labels) >= h
        count += 1
    return h, hits, count


def counted_paths(baseline, window):
    """log10 p by counting in integers the paths that stay inside (forwards, unlike the library)."""
    ends = blocks_of(baseline, window)
    n, m = len(baseline), len(window)
    base, win = np.array(baseline), np.array(window)
    h = max(abs(int((base <= v).sum()) * m - int((win <= v).sum()) * n) for v in set(baseline + window))
    inside = {0: 1}
    for s, end in enumerate(ends, 1):
        after = {}
        for i, paths in inside.items():
            if i < n:
                after[i + 1] = after.get(i + 1, 0) + paths
            if s - 1 - i < m:
                after[i] = after.get(i, 0) + paths
        if end:
            after = {i: p for i, p in after.items() if abs(i * m - (s - i) * n) < h}
        inside = after
    every = math.comb(n + m, n)
    return h, log10_of(Fraction(every - inside.get(n, 0), every))


def ks():
    rng = np.random.default_rng(2)
    untied = []
    for n, m in ((1, 1), (1, 9), (5, 7), (12, 12), (40, 25), (60, 60), (100, 37), (300, 211)):
        for shift in (0, 0.4, 1.5):
            # Ranks, so that rounding for the table cannot make ties.
            ranks = stats.rankdata(np.concatenate([rng.normal(size=n), rng.normal(shift, 1, size=m)]))
            x, y = ranks[:n].astype(int).tolist(), ranks[n:].astype(int).tolist()
            r = stats.ks_2samp(x, y, method="exact")
            untied.append({"baseline": x, "window": y, "statistic": float(r.statistic), "p": float(r.pvalue)})
    brute = []
    for n, m in ((1, 1), (2, 1), (3, 5), (6, 6), (7, 9), (10, 5), (4, 12)):
        for values in (2, 3, 5):
            x = rng.integers(0, values, n).tolist()
            y = rng.choice(x, m).tolist()
            h, hits, count = brute_force(x, y)
            brute.append({"baseline": x, "window": y, "h": h, "hits": hits, "count": count})
    counted = []
    for x, y in (
        (list(range(400)), [1000] * 300),
        (list(range(600)), [k + 599.5 for k in range(600)]),
        (list(range(1, 301)), [0] * 250 + [1000]),
        (rng.integers(0, 12, 200).tolist(), rng.integers(0, 9, 150).tolist()),
        (rng.integers(0, 40, 300).tolist(), rng.integers(5, 40, 300).tolist()),
        (rng.integers(0, 3, 90).tolist(), rng.integers(0, 3, 500).tolist()),
    ):
        have = set(x)
        y = [v for v in y if v in have] if have & set(y) else y
        if len(set(y)) == 1:
            # One value of the window outside the baseline counts as many distinct ones.
            y = [y[0] + k for k in range(len(y))]
        h, log10_p = counted_paths(x, y)
        counted.append({"baseline": x, "window": y, "h": h, "log10_p": log10_p})
    asymptotic = []
    for n, m in ((3000, 2000), (100_000, 5000), (10**6, 10**6), (5 * 10**6, 8 * 10**5)):
        en = round(n * m / (n + m))
        for z in (0.4, 0.6, 0.8, 0.9, 1.0, 1.3, 1.63, 2.2, 4, 12):
            d = z / math.sqrt(en)
            if d < 1:
                asymptotic.append([d, n, m, float(stats.kstwo.sf(d, en))])
    one_sample = [[z / math.sqrt(k), k, float(stats.kstwo.sf(z / math.sqrt(k), k))]
                  for k in (40, 100, 138) for z in (0.5, 0.65, 0.8, 0.9)]
    write("ks", {"untied": untied, "brute": brute, "counted": counted, "asymptotic": asymptotic,
                 "one_sample": one_sample})


def kuiper_log10(lam):
    lam = Decimal(lam)
    return log10_of(2 * sum((4 * j * j * lam**2 - 1) * (-2 * j * j * lam**2).exp() for j in range(1, 40)))


def kuiper():
    rng = np.random.default_rng(3)
    rows = []
    for n, m in ((30, 20), (200, 500), (1, 8)):
        x, y = rng.integers(0, 24, n).tolist(), rng.integers(3, 24, m).tolist()
        x, y = x + list(range(24)), y
        grid = np.arange(24)[:, None]
        difference = (np.array(x) <= grid).mean(1) - (np.array(y) <= grid).mean(1)
        v = float(max(difference.max(), 0) + max((-difference).max(), 0))
        rows.append({"baseline": x, "window": y, "statistic": v})
    lambdas = [0.45, 0.6, 0.8, 1, 1.5, 1.747, 2.001, 3, 10, 40, 200]
    write("kuiper", {"samples": rows, "series": [[z, kuiper_log10(z)] for z in lambdas]})


def divergences(b, w):
    """Of shares; for kl a bin that is empty on one side holds half an observation."""
    p, q = b / b.sum(), w / w.sum()
    kept = (b + w) > 0
    filled_p = np.where(b > 0, p, 0.5 / b.sum())[kept]
    filled_q = np.where(w > 0, q, 0.5 / w.sum())[kept]
    return {"kl": float(max(0, special.rel_entr(filled_q, filled_p).sum())),
            "jensen_shannon": float(distance_metrics.jensenshannon(p, q, base=2)),
            "hellinger": float(np.linalg.norm(np.sqrt(p) - np.sqrt(q)) / math.sqrt(2)),
            "total_variation": float(distance_metrics.cityblock(p, q) / 2)}


def bins():
    rng = np.random.default_rng(4)
    tables = []
    for n, m, size in ((200, 150, 10), (5000, 300, 10), (1000, 20000, 4), (60, 60, 2), (10**6, 10**6, 10)):
        p = rng.dirichlet(np.full(size, 5.0))
        q = 0.8 * p + 0.2 * rng.dirichlet(np.full(size, 5.0))
        b, w = rng.multinomial(n, p), rng.multinomial(m, q)
        b, w = b + 1, w + 1
        fb, fw = b / b.sum(), w / w.sum()
        index = float(((fw - fb) * np.log(fw / fb)).sum())
        en = 1 / (1 / b.sum() + 1 / w.sum())
        test = stats.chi2_contingency([b, w], correction=False)
        g = stats.chi2_contingency([b, w], correction=False, lambda_="log-likelihood")
        tables.append({"baseline": b.tolist(), "window": w.tolist(), "psi": index,
                       "psi_own_p": float(stats.chi2.sf(index * en, size - 1)),
                       "chi_squared": float(test.statistic), "chi_squared_p": float(test.pvalue),
                       "cramers_v": float(stats.contingency.association(np.array([b, w]), method="cramer")),
                       "g": float(g.statistic), "g_p": float(g.pvalue), **divergences(b, w)})
    sparse = []
    for b, w in (([6, 0, 4, 0, 90], [10, 8, 2, 0, 0]), ([1, 0], [0, 1]), ([500, 1, 0, 30], [200, 0, 3, 40])):
        sparse.append({"baseline": b, "window": w, **divergences(np.array(b), np.array(w))})
    edges = []
    for values in (rng.normal(size=997).round(2), rng.integers(0, 30, 500), rng.exponential(5, 333).round(1),
                   rng.integers(0, 10, 1000)):
        distinct, counts = np.unique(values, return_counts=True)
        for size in (4, 10):
            ranks = np.arange(1, size) / size
            found = np.unique(np.quantile(values, ranks, method="inverted_cdf"))
            heavy = distinct[counts * size >= len(values)]
            expected = distinct if len(distinct) < size else np.union1d(found, heavy)
            edges.append({"values": distinct.tolist(), "counts": counts.tolist(), "bins": size,
                          "expected": expected.tolist()})
    write("bins", {"tables": tables, "sparse": sparse, "edges": edges})


def cvm_tail(z):
    """P of the limit law of Cramer-von Mises, by the series of Anderson and Darling (1952)."""
    half, quarter = mp.mpf(1) / 2, mp.mpf(1) / 4
    total = j = 0
    while True:
        at = mp.mpf(4 * j + 1) ** 2 / (16 * z)
        term = (-1) ** j * mp.binomial(-half, j) * mp.sqrt(4 * j + 1) * mp.exp(-at) * mp.besselk(quarter, at)
        total, j = total + term, j + 1
        if abs(term) < mp.eps:
            return 1 - total / (mp.pi * mp.sqrt(z))


def ad_tail(z):
    """P of the limit law of Anderson-Darling, by the series of Anderson and Darling (1954)."""
    total = j = 0
    while True:
        at = mp.mpf(4 * j + 1) ** 2 * mp.pi**2 / (8 * z)
        cuts = [k / mp.sqrt(at) for k in (0, 0.3, 1, 3, 9)] + [mp.inf]
        area = mp.quad(lambda w: mp.exp(z / (8 * (w * w + 1)) - at * (1 + w * w)), cuts)
        term = mp.binomial(mp.mpf(-1) / 2, j) * (4 * j + 1) * area
        total, j = total + term, j + 1
        if abs(term) < mp.eps:
            return 1 - mp.sqrt(2 * mp.pi) / z * total


def quadratic():
    """log10 of both tails; 1 - F needs as many digits as the tail has zeros."""
    out = {"cramer_von_mises": [], "anderson_darling": []}
    for name, tail, per_z, zs in (("cramer_von_mises", cvm_tail, 2.2, (0.005, 0.0248, 0.1, 0.2, 0.5, 0.7435, 1.17, 3, 6.4, 6.6, 20, 30)),
                                  ("anderson_darling", ad_tail, 0.5, (0.05, 0.1, 0.3, 0.7, 1, 1.933, 2.492, 3.857, 6, 12, 25, 42.5, 42.8))):
        for z in zs:
            with mp.workdps(30 + math.ceil(per_z * z)):
                out[name].append([z, float(mp.log10(tail(mp.mpf(z))))])
    write("quadratic", out)


def expected_t(baseline, window):
    """Anderson's T, averaged over every order of the tied values, in fractions."""
    n, m = len(baseline), len(window)
    have = set(baseline)
    # A value of the window between baseline values is distinct, however often it occurs.
    blocks = [(baseline.count(v), window.count(v)) if v in have else [(0, 1)] * window.count(v)
              for v in sorted(set(baseline + window))]
    blocks = [b for block in blocks for b in ([block] if isinstance(block, tuple) else block)]
    total, i, j = Fraction(0), 0, 0
    for b, w in blocks:
        orders = list(combinations(range(b + w), b))
        for places in orders:
            x, y = i, j
            for s in range(b + w):
                x, y = (x + 1, y) if s in places else (x, y + 1)
                total += Fraction(x * m - y * n) ** 2 / len(orders)
        i, j = i + b, j + w
    return float(total / (n * m * (n + m) ** 2))


def squared_ad(baseline, window):
    """A^2 of Scholz and Stephens (1987), equation 7, term by term for both samples."""
    pooled = np.concatenate([baseline, window])
    size = len(pooled)
    total = 0.0
    for z in np.unique(pooled):
        ties = (pooled == z).sum()
        rank = (pooled < z).sum() + ties / 2
        spread = rank * (size - rank) - size * ties / 4
        for sample in (np.array(baseline), np.array(window)):
            at = (sample < z).sum() + (sample == z).sum() / 2
            if spread > 0:
                total += ties / size * (size * at - len(sample) * rank) ** 2 / spread / len(sample)
    return float((size - 1) / size * total)


def ordered():
    rng = np.random.default_rng(6)
    samples = []
    for n, m in ((5, 4), (30, 20), (200, 90), (60, 400)):
        x = np.unique(rng.normal(10, 3, 4 * n).round(3))
        x = rng.permutation(x)[:n]
        samples.append((x, np.setdiff1d(rng.normal(11, 4, m).round(4), x), False))
    for n, m, k in ((40, 30, 4), (300, 200, 9), (50, 700, 25)):
        x = rng.integers(0, k, n).astype(float)
        y = rng.choice(np.unique(x), m, p=None)
        samples.append((x, y, True))
    rows = []
    for x, y, ties in samples:
        row = {"baseline": x.tolist(), "window": y.tolist(), "ties": ties, "a_squared": squared_ad(x, y)}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            row["normalised_ad"] = float(stats.anderson_ksamp([x, y], midrank=True).statistic)
        if ties:
            row["ad_p"] = float(stats.chi2.sf(row["a_squared"], 1))
        else:
            test = stats.cramervonmises_2samp(x, y, method="asymptotic")
            row["cvm"], row["cvm_p"] = float(test.statistic), float(test.pvalue)
        test = stats.mannwhitneyu(y, x, use_continuity=True, method="asymptotic")
        row["u"], row["u_p"] = float(test.statistic), float(test.pvalue)
        test = stats.ttest_ind(y, x, equal_var=False)
        row["t"], row["df"], row["t_p"] = float(test.statistic), float(test.df), float(test.pvalue)
        row["baseline_mean"], row["baseline_sd"], row["window_mean"] = float(x.mean()), float(x.std()), float(y.mean())
        row["wasserstein"] = float(stats.wasserstein_distance(x, y))
        rows.append(row)
    tied = []
    for n, m, k in ((1, 1, 1), (3, 3, 1), (4, 3, 2), (5, 6, 3), (6, 4, 6), (2, 9, 2)):
        x = (2 * rng.integers(0, k, n)).tolist()
        y = rng.integers(-1, 2 * k, m).tolist()
        tied.append({"baseline": x, "window": y, "expected_t": expected_t(x, y)})
    write("ordered", {"samples": rows, "tied": tied})


def fisher_log10(a, n, c, m):
    """Two-sided, in integers."""
    marked = a + c
    mass = {k: math.comb(m, k) * math.comb(n, marked - k) for k in range(max(0, marked - n), min(marked, m) + 1)}
    return log10_of(Fraction(sum(v for v in mass.values() if v <= mass[c]), math.comb(n + m, marked)))


def rates():
    fisher = []
    for a, n, c, m in ((0, 10, 1, 5), (2, 1000, 3, 200), (0, 1, 1, 1), (3, 3, 0, 4), (4, 20, 4, 20), (1, 500, 9, 450),
                       (0, 5000, 400, 400), (0, 2000, 2000, 2000), (1500, 1500, 0, 700), (7, 90, 0, 60)):
        scipy_p = float(stats.fisher_exact([[a, n - a], [c, m - c]]).pvalue)
        fisher.append({"counts": [a, n, c, m], "log10_p": fisher_log10(a, n, c, m), "scipy_p": scipy_p})
    squared = []
    for a, n, c, m in ((40, 1000, 30, 400), (5000, 10**6, 700, 10**5), (300, 600, 90, 200)):
        test = stats.chi2_contingency([[a, n - a], [c, m - c]], correction=False)
        squared.append({"counts": [a, n, c, m], "p": float(test.pvalue), "statistic": float(test.statistic)})
    write("rates", {"fisher": fisher, "chi_squared": squared})


def evidence():
    rng = np.random.default_rng(5)
    adjusted = []
    for size in (1, 2, 7, 40):
        p = np.concatenate([rng.uniform(size=size), 10.0 ** -rng.uniform(0, 20, size=size // 3)])
        adjusted.append({"p": p.tolist(), "expected": stats.false_discovery_control(p).tolist()})
    windows = []
    for size, shape in ((20, 1), (28, 4), (120, 0.5)):
        x = rng.gamma(shape, 2.0, size).round(4)
        ratio = min(x.mean() ** 2 / x.var(ddof=1), 1000)
        kappa = ratio * size / (size + 8)
        f = stats.f(2 * kappa, 2 * kappa * size)
        at = [0.5, 3.0, 9.0, 25.0]
        windows.append({"x": x.tolist(), "mean": float(x.mean()), "variance": float(x.var(ddof=1)),
                        "kappa": float(kappa), "at": at, "p": [float(f.sf(v / x.mean())) for v in at],
                        "critical_01": float(x.mean() * f.isf(0.01))})
    write("evidence", {"benjamini_hochberg": adjusted, "windows": windows})


if __name__ == "__main__":
    tables = (distributions, ks, kuiper, bins, quadratic, ordered, rates, evidence)
    wanted = sys.argv[1:] or [make.__name__ for make in tables]
    for make in tables:
        if make.__name__ in wanted:
            make()
