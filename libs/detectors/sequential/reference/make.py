"""Writes the reference values that the tests of libs/detectors/sequential compare with.

Run from anywhere: python3 make.py        Needs: river==0.26.1 numpy scipy==1.17.*

alarms.json: streams, and at which of their values river's detectors raise an alarm. The first stream
is the one of the examples in river's documentation. run-lengths.json: average run lengths of control
charts from their integral equations, beside the published ones. bands.json: the constant of Howard
and Ramdas' theorem 2 at its optimum. Seeds are fixed, so a second run writes the same.
"""

import json
import math
import random
from pathlib import Path

import numpy as np
import river
from river import drift
from river._river_rust.drift import AdaptiveWindowing
from scipy import optimize, stats

HERE = Path(__file__).parent
assert river.__version__ == "0.26.1"


def write(name, data):
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    (HERE / f"{name}.json").write_text(text.replace("},{", "},\n{").replace("],", "],\n") + "\n")


def streams():
    """Values have few digits, so that the file is small and both sides read the same numbers."""
    out = {}
    rng = random.Random(12345)
    out["river_documentation"] = rng.choices([0, 1], k=1000) + rng.choices(range(4, 8), k=1000)
    for seed in (1, 2, 3):
        rng = random.Random(seed)
        out[f"shift_up_{seed}"] = [round(rng.gauss(0, 1), 3) for _ in range(600)] + [
            round(rng.gauss(1.5, 1), 3) for _ in range(400)]
        out[f"shift_down_{seed}"] = [round(rng.gauss(10, 2), 2) for _ in range(500)] + [
            round(rng.gauss(6, 2), 2) for _ in range(300)]
        out[f"binary_{seed}"] = [int(rng.random() < 0.2) for _ in range(800)] + [
            int(rng.random() < 0.6) for _ in range(700)]
        out[f"walk_{seed}"] = walk(rng, 900)
    rng = random.Random(4)
    out["constant_then_shift"] = [1] * 400 + [3] * 300 + [1] * 300
    out["ramp"] = [round(rng.gauss(max(0, i - 400) / 200, 0.5), 3) for i in range(1000)]
    out["stationary"] = [round(rng.random(), 3) for _ in range(3000)]
    out["variance"] = [round(rng.gauss(0, 1 if i < 500 else 4), 3) for i in range(1000)]
    out["huge"] = [rng.choice([-1, 1]) * 10.0 ** rng.randrange(0, 7) for _ in range(600)]
    out["tiny"] = [round(rng.gauss(0 if i < 400 else 3, 1), 2) * 1e-6 for i in range(700)]
    return out


def walk(rng, length):
    at, out = 0.0, []
    for _ in range(length):
        at = round(at + rng.gauss(0, 0.3), 2)
        out.append(at)
    return out


def alarms_of(detector, values):
    found = []
    for i, value in enumerate(values):
        detector.update(value)
        if detector.drift_detected:
            found.append(i)
    return found


def page_hinkley():
    for options in (
        {},
        {"lambda": 5, "delta": 0.1, "minInstances": 10},
        {"lambda": 20, "alpha": 0.99, "minInstances": 1},
        {"lambda": 3, "alpha": 1, "delta": 0, "minInstances": 50},
        {"lambda": 5, "direction": "up"},
        {"lambda": 5, "direction": "down"},
    ):
        names = {"lambda": "threshold", "minInstances": "min_instances", "direction": "mode"}
        given = {names.get(key, key): value for key, value in options.items()}
        yield "page_hinkley", options, lambda values, given=given: alarms_of(drift.PageHinkley(**given), values)


def adwin():
    names = {"maxBuckets": "max_buckets", "minWindow": "min_window_length", "grace": "grace_period"}
    defaults = {"delta": 0.002, "clock": 32, "max_buckets": 5, "min_window_length": 5, "grace_period": 10}
    for options in (
        {},
        {"delta": 0.05, "clock": 1},
        {"delta": 0.3, "clock": 7, "maxBuckets": 2, "minWindow": 1, "grace": 0},
        {"delta": 0.01, "clock": 16, "maxBuckets": 9, "minWindow": 20, "grace": 150},
    ):
        given = {names.get(key, key): value for key, value in options.items()}
        yield "adwin", options, lambda values, given=given: alarms_of(drift.ADWIN(**given), values)

        # What is inside river's ADWIN, which goes on with the newer part of its window.
        def shrinking(values, given=given):
            helper = AdaptiveWindowing(**{**defaults, **given})
            return [i for i, value in enumerate(values) if helper.update(value)]

        yield "adwin", {**options, "afterDrift": "shrink"}, shrinking


def kswin():
    for options in (
        {"alpha": 0.0001, "seed": 42},
        {"seed": 7},
        {"alpha": 0.05, "windowSize": 60, "statSize": 20, "seed": 3},
    ):
        names = {"windowSize": "window_size", "statSize": "stat_size"}
        given = {names.get(key, key): value for key, value in options.items()}
        yield "kswin", options, lambda values, given=given: alarms_of(drift.KSWIN(**given), values)


def alarms():
    known = streams()
    runs = []
    for family in (page_hinkley, adwin, kswin):
        for name, options, run in family():
            found = {}
            for stream, values in known.items():
                # SciPy's test on every value is slow: kswin sees every second stream.
                if name != "kswin" or list(known).index(stream) % 2 == 0:
                    found[stream] = run(values)
            runs.append({"detector": name, "options": options, "alarms": found})
    # The figures in river's documentation.
    documented = {"page_hinkley": [1006], "adwin": [1023], "kswin": [1016]}
    for name, expected in documented.items():
        first = next(run for run in runs if run["detector"] == name)
        assert first["alarms"]["river_documentation"] == expected, name
    draws = []
    for seed, population, count in ((42, 70, 30), (7, 70, 30), (3, 40, 20), (123456789, 1000, 999)):
        rng = random.Random(seed)
        for _ in range(3):
            drawn = rng.sample(range(population), count)
        draws.append({"seed": seed, "population": population, "third": drawn})
    write("alarms", {"reference": "river 0.26.1", "streams": known, "runs": runs, "draws": draws})


def one_sided_cusum(k, h, shift):
    """Average run length from 0: L(u) = 1 + L(0)P(C' = 0) + the integral of L over (0, h)."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    x, w = (nodes + 1) * h / 2, weights * h / 2
    grid = np.concatenate([[0.0], x])
    kernel = np.zeros((len(grid), len(grid)))
    kernel[:, 0] = stats.norm.cdf(k - grid - shift)
    kernel[:, 1:] = w * stats.norm.pdf(x[None, :] - grid[:, None] + k - shift)
    return np.linalg.solve(np.eye(len(grid)) - kernel, np.ones(len(grid)))[0]


def cusum(k, h, shift):
    return 1 / (1 / one_sided_cusum(k, h, shift) + 1 / one_sided_cusum(k, h, -shift))


def ewma(lam, width, shift, exact):
    """Average run length from the mean. Exact limits: the density is followed until they are settled."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    reach = width * math.sqrt(lam / (2 - lam))

    def step(frm, to):
        return stats.norm.pdf((to[None, :] - (1 - lam) * frm[:, None]) / lam - shift) / lam

    settled = nodes * reach
    kernel = step(settled, settled) * weights * reach
    run = np.linalg.solve(np.eye(len(nodes)) - kernel, np.ones(len(nodes)))
    if not exact:
        start = step(np.zeros(1), settled) * weights * reach
        return float(1 + (start @ run)[0])
    total, at, mass = 1.0, np.zeros(1), np.ones(1)
    for i in range(1, 400):
        limit = reach * math.sqrt(1 - (1 - lam) ** (2 * i))
        to = nodes * limit
        mass = (mass @ step(at, to)) * weights * limit
        at = to
        total += mass.sum()
    # From here on the limits are settled: `mass` has been counted once, its future is run − 1.
    return float(total + mass @ (np.interp(at, settled, run) - 1))


def run_lengths():
    # Montgomery, Introduction to Statistical Quality Control, tables of sections 9.1 and 9.2: of
    # Hawkins 1993 (k = 0.5, h = 5) and of Lucas and Saccucci 1990 (lambda = 0.1, L = 2.814).
    published = {
        "cusum": {0: 465, 0.25: 139, 0.5: 38.0, 0.75: 17.0, 1: 10.4, 1.5: 5.75, 2: 4.01, 3: 2.57},
        "ewma": {0: 500, 0.25: 106, 0.5: 31.3, 0.75: 15.9, 1: 10.3},
    }
    out = []
    for shift, arl in published["cusum"].items():
        out.append({"detector": "cusum", "options": {}, "shift": shift, "published": arl,
                    "computed": float(cusum(0.5, 5, shift))})
    for shift, arl in published["ewma"].items():
        out.append({"detector": "ewma", "options": {"limits": "asymptotic"}, "shift": shift, "published": arl,
                    "computed": ewma(0.1, 2.814, shift, exact=False)})
    for row in out:
        assert abs(row["computed"] / row["published"] - 1) < 0.02, row
    for options in ({}, {"lambda": 0.1, "width": 2.7}, {"lambda": 0.4, "width": 3.054}):
        for shift in (0, 1):
            out.append({"detector": "ewma", "options": options, "shift": shift,
                        "computed": ewma(options.get("lambda", 0.1), options.get("width", 2.814), shift, exact=True)})
    out.append({"detector": "ewma", "options": {"width": 2.7, "limits": "asymptotic"}, "shift": 0,
                "computed": ewma(0.1, 2.7, 0, exact=False)})
    out.append({"detector": "cusum", "options": {"k": 0.25, "h": 8}, "shift": 0, "computed": float(cusum(0.25, 8, 0))})
    write("run-lengths", out)


def chance(constant, eta, lead=0.85):
    """Howard and Ramdas 2022, theorem 2: the chance of ever leaving the band, for one eta."""
    inner = lead - math.sqrt(2 * (eta - 1) / constant)
    gamma_squared = 2 / eta * inner * inner
    if inner <= 0 or gamma_squared <= 1:
        return math.inf
    return 4 * math.exp(-gamma_squared * constant) * (1 + 1 / ((gamma_squared - 1) * math.log(eta)))


def least_chance(constant):
    etas = 1 + np.geomspace(1e-6, 2 * 0.85**2 - 1 - 1e-9, 4000)
    return min(chance(constant, eta) for eta in etas)


def bands():
    out = []
    for alpha in (0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 1e-3, 1e-6, 1e-12):
        constant = optimize.brentq(lambda c: math.log(least_chance(c) / alpha), 2, 200, xtol=1e-6)
        out.append({"alpha": alpha, "constant": constant})
    write("bands", out)


if __name__ == "__main__":
    run_lengths()
    bands()
    alarms()
