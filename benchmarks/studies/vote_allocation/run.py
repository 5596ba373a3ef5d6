"""How many votes does an image need, if each vote goes to where it is needed?

``python -m benchmarks.studies.vote_allocation.run RUNS.jsonl --data FOLDER`` adds a
line for each set, way and repeat. A study that was stopped goes on when the command is
given again. ``report.py`` makes the table. FOLDER holds the real votes of
``fashion_mnist_h_6k.npz`` and ``cifar10h_2k.npz``; a missing one is left out.

All images of a set are shown to simulated volunteers. Each vote is drawn without
replacement from the votes that the image really got, 47 to 79 of them. A run has as
scores, for votes per image, the share of images whose leading answer is that of all
votes, and the root mean squared error of the shares of the answers.

- "uniform" gives each image equally many votes.
- "closest" knows no image: it asks about the image whose two leading answers are
  closest, one vote at a time.
- "leading" and "shares" are `VoteAllocation` with that target. They begin with four
  votes on one image of twenty. Then each round gives one vote to one image of twenty,
  or of fifty for the smaller set.
- "leading without images" is the same without features.

Features are `GradientHistograms` in 100 principal components, and 60 of the pixels. For
"photographs, patches" they are 80 components of the histograms and 80 of
`PatchFeatures` with ``mirror=True``. The classifier is a logistic regression with
default parameters for all.
"""

import argparse
import heapq
import time
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from skbal._utils.random import stream
from skbal.features import GradientHistograms, PatchFeatures
from skbal.votes import VoteAllocation

from .._runs import append, read

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
SETS = {
    "clothes": "fashion_mnist_h_6k.npz",
    "photographs": "cifar10h_2k.npz",
    "photographs, patches": "cifar10h_2k.npz",
}
WAYS = ("uniform", "closest", "leading", "shares", "leading without images")
N_UNIFORM = 30
N_CLOSEST = 10  # votes per image
N_ALLOCATED = {"clothes": 3.0, "photographs": 6.0, "photographs, patches": 6.0}
FIRST_SHARE, FIRST_VOTES = 0.05, 4
ROUND = {"clothes": 0.05, "photographs": 0.02, "photographs, patches": 0.02}
REFIT = 1.25  # times as many votes as at the last fit
EVERY = 0.1  # votes per image between scores


class Volunteers:
    """Votes that images really got, in random order."""

    def __init__(self, votes, seed):
        self.votes = votes
        self.leading = votes.argmax(axis=1)
        self.shares = votes / votes.sum(axis=1, keepdims=True)
        rng = stream(seed, "votes")
        self._orders = [
            rng.permutation(np.repeat(np.arange(len(row)), row)) for row in votes
        ]
        self.counts = np.zeros_like(votes)

    def left(self):
        """Return which images have votes left."""
        return self.counts.sum(axis=1) < self.votes.sum(axis=1)

    def ask(self, items):
        """Add a vote on each image."""
        for item in items:
            self.counts[item, self._orders[item][self.counts[item].sum()]] += 1

    def votes_per_image(self):
        return float(self.counts.sum() / len(self.counts))

    def scores(self, leading, shares):
        """Return agreement and root mean squared error, rounded."""
        error = np.sqrt(np.mean((shares - self.shares) ** 2))
        return [round(float(np.mean(leading == self.leading)), 5), round(error, 5)]

    def scores_of_counts(self, rng):
        """Return the scores of the raw counts; ties are broken at random."""
        total = self.counts.sum(axis=1, keepdims=True)
        n_answers = self.counts.shape[1]
        shares = np.where(total > 0, self.counts / np.maximum(total, 1), 1 / n_answers)
        noise = rng.random(self.counts.shape) / 2
        return self.scores((self.counts + noise).argmax(axis=1), shares)


def features_of(X, name):
    """Return features of images: strokes, and pixels or patches, of similar scale."""
    flat = X.reshape(len(X), -1) / 255.0
    images = X.transpose(0, 3, 1, 2) if X.ndim == 4 else X
    strokes = GradientHistograms(n_orientations=12).fit_transform(images)
    if name.endswith("patches"):
        patches = PatchFeatures(mirror=True, random_state=0).fit_transform(images)
        return np.hstack([_components(strokes, 80, 1), _components(patches, 80, 1)])
    return np.hstack([_components(strokes, 100, 2), _components(flat, 60, 1)])


def _components(features, number, spread):
    """Return principal components; the first has the standard deviation ``spread``."""
    found = PCA(number, random_state=0).fit_transform(features)
    return spread * found / found[:, 0].std()


def uniform(volunteers, X, name, seed):
    rng, scores = stream(seed, "ties"), {}
    for n_votes in range(1, N_UNIFORM + 1):
        volunteers.ask(np.flatnonzero(volunteers.left()))
        scores[n_votes] = volunteers.scores_of_counts(rng)
    return scores


def closest(volunteers, X, name, seed):
    rng, scores = stream(seed, "ties"), {}
    n_images = len(volunteers.votes)
    queue = [(0, rng.random(), item) for item in range(n_images)]
    heapq.heapify(queue)
    for n_votes in range(1, N_CLOSEST * n_images + 1):
        item = heapq.heappop(queue)[2]
        volunteers.ask([item])
        counts = np.sort(volunteers.counts[item])
        if counts.sum() < volunteers.votes[item].sum():
            heapq.heappush(queue, (counts[-1] - counts[-2], rng.random(), item))
        if n_votes % round(EVERY * n_images) == 0:
            scores[round(n_votes / n_images, 2)] = volunteers.scores_of_counts(rng)
    return scores


def allocated(target, has_images):
    def way(volunteers, X, name, seed):
        n_images = len(volunteers.votes)
        first = stream(seed, "first").permutation(n_images)
        first = first[: int(FIRST_SHARE * n_images)]
        for _ in range(FIRST_VOTES):
            volunteers.ask(first)
        # Features of similar scale need little penalty.
        allocation = VoteAllocation(
            LogisticRegression(max_iter=100),
            target=target,
            warm_start=True,
            random_state=seed,
        )
        scores, next_fit, step = {}, 0, round(ROUND[name] * n_images)
        while volunteers.votes_per_image() < N_ALLOCATED[name]:
            if volunteers.counts.sum() >= next_fit:
                allocation.set_params(max_iter=1 if next_fit else 3)
                allocation.fit(X if has_images else None, volunteers.counts)
                next_fit = REFIT * volunteers.counts.sum()
            items = allocation.select(n_images)
            volunteers.ask(items[volunteers.left()[items]][:step])
            allocation.update(volunteers.counts)
            n_votes = volunteers.votes_per_image()
            if not scores or n_votes >= max(scores) + EVERY - 1e-9:
                found = allocation.leading_, allocation.shares_
                scores[round(n_votes, 3)] = volunteers.scores(*found)
        return scores

    return way


FUNCTIONS = {
    "uniform": uniform,
    "closest": closest,
    "leading": allocated("leading", True),
    "shares": allocated("shares", True),
    "leading without images": allocated("leading", False),
}


def run(options):
    done = {(r["set"], r["way"], r["repeat"]) for r in read(options.runs)}
    for name in options.sets:
        path = Path(options.data, SETS[name])
        if not path.exists():
            print(f"Skipped: there is no file {path}.")
            continue
        with np.load(path) as file:
            X, votes = file["X"], file["votes"].astype(np.int64)
        features = features_of(X, name)
        for repeat in range(options.repeats):
            for way in options.ways:
                if (name, way, repeat) in done:
                    continue
                start = time.perf_counter()
                scores = FUNCTIONS[way](
                    Volunteers(votes, repeat), features, name, repeat
                )
                seconds = round(time.perf_counter() - start, 1)
                record = {"set": name, "way": way, "repeat": repeat, "scores": scores}
                append(options.runs, {**record, "seconds": seconds})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--data", required=True, help="folder of the packed sets")
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS)
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=WAYS)
    parser.add_argument("--repeats", type=int, default=10)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
