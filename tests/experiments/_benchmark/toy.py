"""Units of a benchmark that was never run, with scores that are chosen."""

from skbal.experiments import BenchmarkResult

HEADER = {
    "format": 1,
    "experiment": "benchmark-forest",
    "settings": {
        "model": "forest",
        "task": "classification",
        "n_queries": 2,
        "n_first": 2,
        "n_instances": 10,
        "most_rows": 2000,
        "scoring": "accuracy",
        "random_state": 0,
    },
    "versions": {"skbal": "0.0", "numpy": "2.0"},
}
# Mean areas of three repeats, which differ from them by -0.01, 0 and 0.01.
AREAS = {
    "iris": {"BALD": 0.80, "Margin": 0.90, "Random": 0.85},
    "moons": {"BALD": 0.70, "Margin": 0.75, "Random": 0.60},
    "heart": {"BALD": 0.50, "Margin": 0.65, "Random": 0.655},
    "blobs": {"BALD": 0.40, "Margin": 0.45, "Random": 0.31},
}


def unit(table, strategy, seed, area, of="mark", n_labels=4, seconds=0.02):
    """Return a unit whose curve of three steps has an area."""
    score = [area - 0.05, area, area + 0.05]
    result = {"n_labels": n_labels, "score": score, "seconds": seconds, "of": of}
    return {"arm": f"{table} | {strategy}", "seed": seed, "result": result}


def units(n_repeats=3):
    """Return the units of `AREAS`, repeat by repeat."""
    return [
        unit(t, s, seed, area + 0.01 * (seed - 1), n_labels=6 if t == "iris" else 4)
        for seed in range(n_repeats)
        for t, areas in AREAS.items()
        for s, area in areas.items()
    ]


def result():
    """Return the benchmark of `units`."""
    return BenchmarkResult.from_units(units(), [HEADER])
