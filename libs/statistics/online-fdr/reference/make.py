"""Writes the levels that the tests of libs/statistics/online-fdr compare with.

Run from anywhere: python3 make.py        Needs: online-fdr==1.0.0

The levels come from the papers' formulas, written down term by term, with sums over the whole past.
They are checked against the outputs that the documentation of the R package onlineFDR prints
(https://dsrobertson.github.io/onlineFDR/, reference pages of LORD, SAFFRON and LOND), which are
kept as "published", and, for LOND under dependence, of which it prints none, against the Python
package online-fdr.
"""

import json
import math
import random
from pathlib import Path

from online_fdr.p_values.investing.lond.lond import Lond

HERE = Path(__file__).parent


def slow_gamma(j):
    return 0.07720838 * math.log(max(j, 2)) / (j * math.exp(math.sqrt(math.log(j))))


def fast_gamma(j):
    return 0.4374901658 / j**1.6


def lord(p, alpha, wealth):
    w0, levels, found = alpha * wealth, [], []
    for t in range(1, len(p) + 1):
        level = slow_gamma(t) * w0
        if found:
            level += (alpha - w0) * slow_gamma(t - found[0])
        level += alpha * sum(slow_gamma(t - tau) for tau in found[1:])
        levels.append(level)
        if p[t - 1] <= level:
            found.append(t)
    return levels


def saffron(p, alpha, wealth, lam):
    w0, levels, found = alpha * wealth, [], []
    for t in range(1, len(p) + 1):

        def candidates(after):
            return sum(p[i - 1] <= lam for i in range(after + 1, t))

        level = w0 * fast_gamma(t - candidates(0))
        if found:
            level += (alpha - w0) * fast_gamma(t - found[0] - candidates(found[0]))
        level += alpha * sum(fast_gamma(t - tau - candidates(tau)) for tau in found[1:])
        level = min(lam, (1 - lam) * level)
        levels.append(level)
        if p[t - 1] <= level:
            found.append(t)
    return levels


def lond(p, alpha, dependence):
    levels, found = [], 0
    for t in range(1, len(p) + 1):
        level = alpha * slow_gamma(t) * (found + 1)
        if dependence == "arbitrary":
            level /= sum(1 / i for i in range(1, t + 1))
        levels.append(level)
        found += p[t - 1] <= level
    if dependence == "arbitrary":
        other = Lond(alpha=alpha, dependent=True)
        for value, level in zip(p, levels):
            other.test_one(value)
            assert math.isclose(other.last_test_level, level, rel_tol=1e-12)
    return levels


PROCEDURES = {"lord_plus_plus": lord, "saffron": saffron, "lond": lond}

FIRST = [2.90e-08, 0.06743, 0.01514, 0.08174, 0.00171, 3.60e-05, 0.79149, 0.27201, 0.28295, 7.59e-08,
         0.69274, 0.30443, 0.00136, 0.72342, 0.54757]
# The order that set.seed(1) gives the batches of equal dates.
SHUFFLED = [2.90e-08, 0.06743, 0.01514, 0.08174, 0.00171, 0.27201, 3.60e-05, 0.79149, 7.59e-08, 0.28295,
            0.69274, 0.72342, 0.30443, 0.54757, 0.00136]

PUBLISHED = [
    ("lord_plus_plus", {"alpha": 0.05, "wealth": 0.1}, FIRST,
     [0.0002675839, 0.0024664457, 0.0005732818, 0.0004872805, 0.0004059066, 0.0003447286, 0.0029745013,
      0.0008450114, 0.0007305648, 0.0006243143, 0.0032185913, 0.0010617227, 0.0009256825, 0.0008019657,
      0.0007059610]),
    ("lord_plus_plus", {"alpha": 0.1, "wealth": 0.5}, SHUFFLED,
     [0.0026758385, 0.0032577488, 0.0010775352, 0.0009078052, 0.0007616238, 0.0006517385, 0.0005682672,
      0.0058549106, 0.0016151293, 0.0067518870, 0.0023619734, 0.0020342733, 0.0017477495, 0.0015277362,
      0.0013569121]),
    ("saffron", {"alpha": 0.05, "wealth": 0.5, "lambda": 0.5}, FIRST,
     [0.005468627, 0.010937254, 0.010937254, 0.010937254, 0.010937254, 0.021874508, 0.032811762, 0.010823845,
      0.010823845, 0.010823845, 0.021761099, 0.009265591, 0.009265591, 0.020202846, 0.009064367]),
    ("saffron", {"alpha": 0.1, "wealth": 0.25, "lambda": 0.5}, SHUFFLED,
     [0.005468627, 0.021874508, 0.021874508, 0.043749017, 0.043749017, 0.065623525, 0.065623525, 0.087498033,
      0.028863587, 0.050738095, 0.050738095, 0.022302945, 0.013293195, 0.013293195, 0.009042997]),
    ("lond", {"alpha": 0.05, "dependence": "independent"}, FIRST,
     [0.0026758385, 0.0011638206, 0.0009912499, 0.0008243606, 0.0006988870, 0.0006045900, 0.0007979166,
      0.0007117838, 0.0006421423, 0.0005847378, 0.0007155186, 0.0006610273, 0.0006141682, 0.0005734509,
      0.0005377472]),
    ("lond", {"alpha": 0.1, "dependence": "independent"}, SHUFFLED,
     [0.005351677, 0.002327641, 0.001982500, 0.001648721, 0.001397774, 0.001209180, 0.001063889, 0.001423568,
      0.001284285, 0.001559301, 0.001431037, 0.001322055, 0.001228336, 0.001146902, 0.001075494]),
]


def levels_of(name, options, p):
    return PROCEDURES[name](p, *options.values())


def main():
    out = []
    for name, options, p, published in PUBLISHED:
        levels = levels_of(name, options, p)
        for ours, theirs in zip(levels, published, strict=True):
            assert abs(ours / theirs - 1) < 1e-6, (name, ours, theirs)
        out.append({"procedure": name, "options": options, "p": p, "published": published, "levels": levels})
    rng = random.Random(1)
    p = [float(f"{rng.random() ** (8 if rng.random() < 0.2 else 1):.3g}") for _ in range(120)]
    for name, options in (
        ("lord_plus_plus", {"alpha": 0.2, "wealth": 0.3}),
        ("saffron", {"alpha": 0.2, "wealth": 0.7, "lambda": 0.3}),
        ("lond", {"alpha": 0.2, "dependence": "independent"}),
        ("lond", {"alpha": 0.2, "dependence": "arbitrary"}),
        ("lond", {"alpha": 0.01, "dependence": "arbitrary"}),
    ):
        out.append({"procedure": name, "options": options, "p": p, "levels": levels_of(name, options, p)})
    text = json.dumps(out, separators=(",", ":"), allow_nan=False)
    (HERE / "levels.json").write_text(text.replace("},{", "},\n{") + "\n")


if __name__ == "__main__":
    main()
