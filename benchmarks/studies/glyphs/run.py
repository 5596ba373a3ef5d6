"""How hard the signs of ``make_glyphs`` are: accuracy against the number of labels.

``python -m benchmarks.studies.glyphs.run [--labels 100 300 1000] [--repeats 2]
[--classes 47]``. The CNN of Gal et al. (2017) and a random forest learn random signs of
4,000, and are tested on 2,000 others of the same writers.
"""

import argparse

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from skbal.datasets import make_glyphs
from skbal.models import MCDropoutClassifier

N_POOL, N_TEST = 4000, 2000


def models(n_labels, seed):
    """Yield names of models, the models, and whether they take images."""
    # Of 64 signs each: 320 epochs of 100 labels, and 96 of 1,000.
    steps = max(500, 3 * n_labels // 2)
    yield (
        "CNN",
        MCDropoutClassifier(
            standardize=False,
            max_steps=steps,
            batch_size=64,
            n_draws=20,
            random_state=seed,
        ),
        True,
    )
    yield "forest", RandomForestClassifier(200, random_state=seed), False


def one_repeat(glyphs, n_labels, seed):
    """Return the test accuracy of each model after learning some random signs."""
    rows = np.random.default_rng(seed).permutation(N_POOL)[:n_labels]
    found = {}
    for name, model, takes_images in models(n_labels, seed):
        X = glyphs.images if takes_images else glyphs.data
        model.fit(X[rows], glyphs.target[rows])
        found[name] = model.score(X[N_POOL:], glyphs.target[N_POOL:])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--labels", type=int, nargs="+", default=[100, 300, 1000])
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--classes", type=int, default=47)
    arguments = parser.parse_args()
    glyphs = make_glyphs(N_POOL + N_TEST, arguments.classes, random_state=0)
    for n_labels in arguments.labels:
        seeds = range(arguments.repeats)
        runs = [one_repeat(glyphs, n_labels, seed) for seed in seeds]
        for name in runs[0]:
            values = ", ".join(f"{run[name]:.3f}" for run in runs)
            print(f"{n_labels:5} labels, {name:6}: {values}", flush=True)


if __name__ == "__main__":
    main()
