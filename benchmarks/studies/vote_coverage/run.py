"""Do intervals of the counts of several answers hold on real images?

``python -m benchmarks.studies.vote_coverage.run RUNS.jsonl --data FOLDER`` adds a line
for each set and split. A study that was stopped goes on when the command is given
again. ``report.py`` makes the tables. FOLDER holds ``fashion_mnist_h_6k.npz`` or
``cifar10h_2k.npz``: images with the votes of about 66 and 51 people each.

The models and features were chosen on one half of the images, by splits of it. The
study uses the other half only. In each split, random images of it are labelled with all
their votes, and the rest is predicted:

- "one Dirichlet": `BayesianVoteRegression` with ``likelihood="dirichlet-multinomial"``;
- "mixture": `VoteMixtureRegression`. It is given the prior variance that the other has
  found, which is the one that it would find, and saves half of the time.

Both see 60 principal components of `GradientHistograms`, found on the labelled images
and divided by the standard deviation of the first.

Coverage is counted in parts, as by `vote_coverage`, but from the distributions that
``predict_votes`` returns, which are exact for the mixture. An image is "far" for an
answer if its share of the answer, among all voters, is further than 0.2 from the 95 %
interval, as a share of its votes.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score

from skbal._utils.random import stream
from skbal.audit._coverage import coverage_of
from skbal.audit._pit import cumulative, pit_in
from skbal.features import GradientHistograms
from skbal.models import BayesianVoteRegression, VoteMixtureRegression

from .._runs import append, read

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
FILES = {"clothes": "fashion_mnist_h_6k.npz", "photographs": "cifar10h_2k.npz"}
N_LABELLED = {"clothes": 2000, "photographs": 700}
MODELS = ("one Dirichlet", "mixture")
LEVELS = np.array([0.5, 0.8, 0.95])
FAR = 0.2
N_COLUMNS, N_DRAWS = 60, 1000
_HALVES = 123  # the seed of the two halves; the first one was for choices


def load(folder, name):
    """Return the features and the votes of the half that is reported."""
    with np.load(Path(folder, FILES[name])) as file:
        images, votes = file["X"], file["votes"].astype(np.int64)
    if images.ndim == 4:  # channels first
        images = images.transpose(0, 3, 1, 2)
    order = np.random.default_rng(_HALVES).permutation(len(images))
    reported = order[len(order) // 2 :]
    return GradientHistograms().fit_transform(images[reported]), votes[reported]


def split_of(name, split, features, votes):
    """Return labelled and other rows, and the votes on both."""
    order = stream(split, "split").permutation(len(votes))
    labelled, rest = np.split(order, [N_LABELLED[name]])
    components = PCA(N_COLUMNS, random_state=split).fit(features[labelled])
    X, X_rest = (components.transform(features[rows]) for rows in (labelled, rest))
    scale = X[:, 0].std()
    return X / scale, X_rest / scale, votes[labelled], votes[rest]


def fitted(X, votes, seed):
    """Yield name, fitted model and seconds."""
    variance = None
    for name in MODELS:
        start = time.perf_counter()
        if name == "one Dirichlet":
            model = BayesianVoteRegression(
                "dirichlet-multinomial", n_draws=30, random_state=seed
            )
        else:
            model = VoteMixtureRegression(
                prior_variance=variance, optimize=None, tol=1e-7, random_state=seed
            )
        model.fit(X, votes)
        variance = float(model.prior_variance_[0])
        yield name, model, time.perf_counter() - start


def measures(model, X, votes):
    """Return coverage, far images and scores of a model on other rows."""
    total = votes.sum(axis=1)
    shares = votes / total[:, np.newaxis]
    n = np.broadcast_to(total[:, np.newaxis], votes.shape)
    pairs = np.stack([votes, n], axis=2)
    pit = pit_in(cumulative(model.predict_votes(X, total)), pairs)
    interval = model.predict_interval(X, total, level=0.95) / n[..., np.newaxis]
    far = (shares < interval[..., 0] - FAR) | (shares > interval[..., 1] + FAR)
    coverage = coverage_of(pit, LEVELS)[0]
    error = np.sqrt(np.mean((model.predict(X) - shares) ** 2))
    return {
        "coverage": coverage.round(5).tolist(),  # (n_answers, n_levels)
        "far": far.mean(axis=0).round(5).tolist(),  # of each answer
        "far_any": round(float(far.any(axis=1).mean()), 5),
        "score": round(float(model.score(X, votes)), 5),
        "error": round(float(error), 5),
        "leading": leading(model, X, votes),
    }


def leading(model, X, votes):
    """Return how well the answer is predicted that most people give.

    "posterior": the proportion of 1,000 draws of an image's own shares in which an
    answer leads. "one model": the same for 1,000 multinomial counts of as many people,
    with the mean shares: without a posterior, and without differences between images
    that look alike. "mean share": the mean shares themselves. The log loss is in nats
    per image, with probabilities of 1/1000 at least. "right" is the proportion of
    images whose most probable answer is right, and "auc" that of a pair of images, one
    right and one wrong, in which the right one has the larger probability.
    """
    chosen, total = votes.argmax(axis=1), votes.sum(axis=1)
    mean = model.predict(X).astype(np.float64)
    mean /= mean.sum(axis=1, keepdims=True)
    draws = model.sample_shares(X, N_DRAWS, random_state=0)
    rng = stream(0, "one model")
    counts = np.stack([rng.multinomial(total, mean) for _ in range(N_DRAWS)], axis=1)
    ways = {
        "posterior": proportions(draws.argmax(axis=2), votes.shape[1]),
        "one model": proportions(counts.argmax(axis=2), votes.shape[1]),
        "mean share": mean,
    }
    found, rows = {}, np.arange(len(votes))
    for name, chances in ways.items():
        chances = np.maximum(chances, 1 / N_DRAWS)
        chances /= chances.sum(axis=1, keepdims=True)
        is_right = chances.argmax(axis=1) == chosen
        loss = -np.log(chances[rows, chosen]).mean()
        found[name] = {
            "log_loss": round(float(loss), 5),
            "right": round(float(is_right.mean()), 5),
            "auc": round(float(roc_auc_score(is_right, chances.max(axis=1))), 5),
        }
    return found


def proportions(leads, n_answers):
    """Return the proportion of draws in which each answer leads."""
    return np.stack([(leads == answer).mean(axis=1) for answer in range(n_answers)], 1)


def run(options):
    done = {(r["set"], r["split"], r["model"]) for r in read(options.runs)}
    for name in options.sets:
        if not Path(options.data or "", FILES[name]).exists():
            print(f"Skipped: there is no file {FILES[name]}.")
            continue
        loaded = load(options.data, name)
        for split in range(options.splits):
            if {(name, split, model) for model in MODELS} <= done:
                continue
            X, X_rest, y, y_rest = split_of(name, split, *loaded)
            for model, estimator, seconds in fitted(X, y, split):
                record = {"set": name, "split": split, "model": model}
                if (name, split, model) not in done:
                    record |= {"n_labelled": len(X), "n_rest": len(X_rest)}
                    record |= measures(estimator, X_rest, y_rest)
                    append(options.runs, record | {"seconds": round(seconds, 1)})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--data", help="folder of the packed sets")
    parser.add_argument("--sets", nargs="+", default=list(FILES), choices=FILES)
    parser.add_argument("--splits", type=int, default=10)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
