"""Which features tell what an image shows, with few labels and with many?

``python -m benchmarks.studies.image_features.run RUNS.jsonl --data FOLDER`` adds a line
for each set, way and repeat. A study that was stopped goes on when the command is given
again. ``report.py`` makes the table. FOLDER holds any of the files of real images; a
missing one is left out.

Half of a set is the pool, on which features are fitted, and the other half is for
tests. The halves are the same in all repeats, which differ in their random labels and
seeds. Classes are the answers that most people gave.

- "histograms" are `GradientHistograms`, and "patches" `PatchFeatures`, with default
  parameters. "mirrored" are patches with ``mirror=True``.
- "both" are histograms and mirrored patches, each scaled to the same variance in all.
- "contrastive" is a small network that has learned for 1,200 steps which random views
  are of one image of the pool, see `_contrastive.py`. Views of galaxies are turned.

The models are `GraphClassifier` on the graph of the pool, with default parameters and
random labels, and logistic regression on 100 principal components of the features, with
random labels and with all labels of the pool. "seconds" is the processor time to fit
features on the pool and to make those of all images.

The settings of `PatchFeatures` were chosen on the first 1,000 photographs, which are
the pool here. No other label was used for them.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from skbal._utils.random import stream
from skbal.features import GradientHistograms, PatchFeatures, PoolGraph
from skbal.models import GraphClassifier

from .._runs import append, read
from ._contrastive import ContrastiveFeatures

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
FILES = {
    "photographs": "cifar10h_2k.npz",
    "clothes": "fashion_mnist_h_6k.npz",
    "galaxies": "gz1_small.npz",
}
FEATURES = {
    "histograms": lambda name, seed: [GradientHistograms()],
    "patches": lambda name, seed: [PatchFeatures(random_state=seed)],
    "mirrored": lambda name, seed: [PatchFeatures(mirror=True, random_state=seed)],
    "both": lambda name, seed: [
        GradientHistograms(),
        PatchFeatures(mirror=True, random_state=seed),
    ],
    "contrastive": lambda name, seed: [
        ContrastiveFeatures(turn=name == "galaxies", random_state=seed)
    ],
}
ON_GRAPH, REGRESSION = (20, 50, 100), (100, 300, None)  # numbers of labels
N_COMPONENTS = 100
SPREAD = 2.0  # standard deviation of the first component


def load(folder, name):
    """Return images and classes of the pool, then those of the test set."""
    with np.load(Path(folder, FILES[name])) as file:
        X = file["X"]
        y = file["votes"].argmax(axis=1) if "votes" in file else file["y"]
    if X.ndim == 4:  # channels first
        X = X.transpose(0, 3, 1, 2)
    order = np.arange(len(y))  # the file of photographs is in random order
    if name != "photographs":
        order = stream(0, "halves").permutation(len(y))
    pool, test = np.array_split(order, 2)
    return X[pool], y[pool], X[test], y[test]


def points_of(transformers, X, X_test):
    """Return the features of pool and test set, those of each transformer scaled."""
    parts, parts_test = [], []
    for transformer in transformers:
        part = transformer.fit(X).transform(X)
        scale = np.sqrt(part.var(axis=0).sum())
        parts.append(part / scale)
        parts_test.append(transformer.transform(X_test) / scale)
    return np.hstack(parts), np.hstack(parts_test)


def on_graph(points, y, points_test, y_test, repeat):
    """Return the accuracy of the field on the graph for each number of labels."""
    graph = PoolGraph(random_state=repeat).fit(points)
    model = GraphClassifier(graph, random_state=repeat)
    order = stream(repeat, "labels").permutation(len(y))
    return [
        model.fit(points[order[:n]], y[order[:n]]).score(points_test, y_test)
        for n in ON_GRAPH
    ]


def regression(points, y, points_test, y_test, repeat):
    """Return the accuracy of logistic regression for each number of labels."""
    components = PCA(N_COMPONENTS, random_state=repeat).fit(points)
    Z, Z_test = components.transform(points), components.transform(points_test)
    scale = SPREAD / Z[:, 0].std()
    order = stream(repeat, "labels").permutation(len(y))
    model = LogisticRegression(max_iter=1000)
    return [
        model.fit(scale * Z[order[:n]], y[order[:n]]).score(scale * Z_test, y_test)
        for n in REGRESSION
    ]


def record_of(name, way, repeat, halves):
    """Return the record of one run."""
    X, y, X_test, y_test = halves
    start = time.process_time()
    points, points_test = points_of(FEATURES[way](name, repeat), X, X_test)
    seconds = round(time.process_time() - start, 1)
    given = points, y, points_test, y_test, repeat
    return {
        "set": name,
        "way": way,
        "repeat": repeat,
        "n_images": len(y) + len(y_test),
        "n_features": points.shape[1],
        "graph": [round(float(value), 4) for value in on_graph(*given)],
        "regression": [round(float(value), 4) for value in regression(*given)],
        "seconds": seconds,
    }


def run(options):
    done = {(r["set"], r["way"], r["repeat"]) for r in read(options.runs)}
    for name in options.sets:
        if not Path(options.data, FILES[name]).exists():
            print(f"Skipped: there is no file {FILES[name]}.")
            continue
        halves = load(options.data, name)
        for repeat in range(options.repeats):
            for way in options.ways:
                if (name, way, repeat) not in done:
                    append(options.runs, record_of(name, way, repeat, halves))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--data", required=True, help="folder of the packed sets")
    parser.add_argument("--sets", nargs="+", default=list(FILES), choices=FILES)
    parser.add_argument("--ways", nargs="+", default=list(FEATURES), choices=FEATURES)
    parser.add_argument("--repeats", type=int, default=5)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
