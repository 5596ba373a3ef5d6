"""Draw for each query strategy which rows of a small pool it asks about.

``python docs/strategy_pictures.py`` draws all into ``docs/images/strategies/``, and
``python docs/strategy_pictures.py BALD`` this one. The pages of the API show them.
"""

import io
import os
import sys

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MPLBACKEND"] = "agg"

import matplotlib.pyplot as plt
import numpy as np
from gallery_run import small_png
from PIL import Image
from sklearn.ensemble import RandomForestClassifier
from sklearn.kernel_approximation import RBFSampler
from sklearn.pipeline import make_pipeline
from strategy_pages import NUMBERS, PICTURES

from skbal import ActiveLearner, query
from skbal.models import (
    BayesianLinearRegression,
    BayesianLogisticRegression,
    BayesianVoteRegression,
)

N_CHOSEN = 8
N_VOTES = 10
N_COPIES = 40
COLOURS = np.array(["#0072B2", "#D55E00"])
BASES = ("DrawStrategy", "QueryStrategy")  # of one's own strategies
VOTES = ("VoteBALD", "VoteEPIG")


def price(X):
    """Return the price of a label: rows on the right cost five times as much."""
    return np.where(np.asarray(X)[:, 0] > 0.5, 5.0, 1.0)


# Strategies with parameters of their own, and what a picture's title says of them.
OWN = {
    "ClassBalanced": ({"strategy": query.BALD()}, "ClassBalanced(BALD())"),
    "DensityWeighted": ({"strategy": query.BALD()}, "DensityWeighted(BALD())"),
    "DiversityPenalised": (
        {"strategy": query.BALD(), "features": "input"},
        "DiversityPenalised(BALD())",
    ),
    "PerCost": (
        {"strategy": query.BALD(), "cost": price},
        "PerCost(BALD()), the right half costs five times as much",
    ),
    "ProbCover": ({"delta": 0.25}, "ProbCover(delta=0.25)"),
    "Subsampled": ({"strategy": query.BALD()}, "Subsampled(BALD())"),
    "VoteBALD": ({"n_votes": N_VOTES}, f"VoteBALD({N_VOTES})"),
    "VoteEPIG": ({"n_votes": N_VOTES}, f"VoteEPIG({N_VOTES})"),
}


def main():
    names = sys.argv[1:] or strategies()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name in names:
        figure = draw(name)
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=90)
        plt.close(figure)
        image = Image.open(picture).convert("RGB")
        (PICTURES / f"{name}.png").write_bytes(small_png(image))


def strategies():
    """Return the names of all strategies that have a picture."""
    return [name for name in query.__all__ if name not in BASES]


def draw(name):
    """Return the picture of a strategy."""
    parameters, title = OWN.get(name, ({}, f"{name}()"))
    if name == "RelabelOrNew":
        return relabel()
    strategy = getattr(query, name)(**parameters, random_state=0)
    if name in NUMBERS:
        return numbers(strategy, title)
    if name in VOTES:
        return votes(strategy, title)
    if name == "JointLabelBALD":
        return two_labels(strategy, title)
    return classes(strategy, title)


def two_moons(n_samples=240):
    """Return two half moons, and forty near-copies of a row between them."""
    rng = np.random.default_rng(1)
    angle, y = rng.uniform(0, np.pi, n_samples), np.arange(n_samples) % 2
    X = np.column_stack([np.cos(angle), np.sin(angle)])
    X[y == 1] = [1, 0.4] - X[y == 1]
    X += rng.normal(0, 0.12, X.shape)
    copies = [0.5, 0.2] + rng.normal(0, 0.02, (N_COPIES, 2))
    return np.vstack([X, copies]), np.append(y, np.arange(N_COPIES) % 2)


def smooth(model):
    """Return a model that is linear in smooth functions of a row."""
    waves = RBFSampler(gamma=1.5, n_components=200, random_state=0)
    return make_pipeline(waves, model)


def first_rows(y, n_per_class=6):
    """Return the first rows of each class."""
    return np.concatenate([np.flatnonzero(y == c)[:n_per_class] for c in (0, 1)])


def classes(strategy, title):
    """Draw a strategy that asks for classes."""
    X, y = two_moons()
    model = smooth(BayesianLogisticRegression(prior_variance=100))
    return in_the_plane(strategy, title, model, X, y, first_rows(y), COLOURS[y])


def two_labels(strategy, title):
    """Draw a strategy that asks for two labels of each row: the moon, and the side."""
    X, y = two_moons()
    both = np.column_stack([y, X[:, 0] > 0.5]).astype(int)
    forest = RandomForestClassifier(50, min_samples_leaf=2, random_state=0)
    taught = np.arange(0, len(y), 12)
    return in_the_plane(strategy, title, forest, X, both, taught, COLOURS[y])


def votes(strategy, title):
    """Draw a strategy that asks for votes, of ten people for each row."""
    X, y = two_moons()
    share = 1 / (1 + np.exp(-5 * (X[:, 1] - 0.2)))
    n_yes = np.random.default_rng(0).binomial(N_VOTES, share)
    counts = np.column_stack([n_yes, np.full(len(y), N_VOTES)])
    colours = plt.get_cmap("coolwarm")(n_yes / N_VOTES)
    model = smooth(BayesianVoteRegression())
    return in_the_plane(strategy, title, model, X, counts, first_rows(y), colours)


def in_the_plane(strategy, title, model, X, y, taught, colours):
    """Teach a model some rows, ask about the others, and draw them all."""
    pool = np.setdiff1d(np.arange(len(X)), taught)
    learner = ActiveLearner(
        model, query_strategy=strategy, X_training=X[taught], y_training=y[taught]
    )
    chosen = pool[learner.query(X[pool], n_instances=N_CHOSEN)[0]]
    return plane(
        title, X, pool, scores_of(strategy, learner, X[pool]), taught, colours, chosen
    )


def scores_of(strategy, learner, X_pool):
    """Return the score of each row, or None if the strategy has none or all alike."""
    try:
        scores = strategy.score_pool(learner, X_pool)
    except (AttributeError, NotImplementedError, TypeError, ValueError):
        return None
    return scores if np.ptp(scores) > 0 else None


def plane(title, X, pool, scores, taught, colours, chosen):
    """Draw the pool by its scores, the taught rows by their labels, and rings."""
    figure, ax = plt.subplots(figsize=(4.4, 3.1), layout="constrained")
    order = np.arange(len(pool)) if scores is None else np.argsort(scores)
    shade = "0.8" if scores is None else np.linspace(0.05, 1, len(pool))
    greys = {"cmap": "Greys", "edgecolors": "0.6", "linewidths": 0.3}
    ax.scatter(*X[pool[order]].T, c=shade, s=18, **({} if scores is None else greys))
    ax.scatter(*X[taught].T, c=colours[taught], marker="^", s=45, edgecolors="w")
    ax.scatter(
        *X[chosen].T, facecolors="none", edgecolors="#009E73", s=90, linewidths=2
    )
    ax.set(xticks=[], yticks=[])
    ax.set_title(title, fontsize="medium")
    return figure


def numbers(strategy, title):
    """Draw a strategy that asks for numbers: a curve with its band, and the rows."""
    rng = np.random.default_rng(0)
    X = np.sort(np.r_[rng.uniform(-3, 3, 120), rng.normal(2, 0.01, N_COPIES)])[:, None]
    y = np.sin(2 * X[:, 0]) + rng.normal(0, 0.1, len(X))
    taught = np.flatnonzero(np.abs(X[:, 0] + 0.5) < 1)[::8]
    model = smooth(BayesianLinearRegression(prior_variance=1, noise_variance=0.01))
    pool = np.setdiff1d(np.arange(len(X)), taught)
    learner = ActiveLearner(
        model, query_strategy=strategy, X_training=X[taught], y_training=y[taught]
    )
    chosen = pool[learner.query(X[pool], n_instances=N_CHOSEN)[0]]
    return line(
        title,
        X[:, 0],
        y,
        model=learner.estimator,
        pool=pool,
        taught=taught,
        chosen=chosen,
    )


def line(title, x, y, model, pool, taught, chosen):
    """Draw the mean and two standard deviations, the taught rows, and lines."""
    figure, ax = plt.subplots(figsize=(4.4, 3.1), layout="constrained")
    grid = np.linspace(-3.2, 3.2, 300)
    mean, sd = model.predict(grid[:, None], return_std=True)
    ax.plot(grid, mean, color=COLOURS[0])
    ax.fill_between(
        grid, mean - 2 * sd, mean + 2 * sd, color=COLOURS[0], alpha=0.2, linewidth=0
    )
    bottom = (mean - 2 * sd).min()
    ax.plot(x[pool], np.full(len(pool), bottom), "|", color="0.5")
    ax.plot(x[taught], y[taught], "^", color=COLOURS[1])
    ax.vlines(x[chosen], bottom, (mean + 2 * sd).max(), color="#009E73", linewidth=1.5)
    ax.set(xticks=[], yticks=[])
    ax.set_title(title, fontsize="medium")
    return figure


def relabel():
    """Draw a strategy that may ask a second person about a taught row."""
    X, y = two_moons()
    rng = np.random.default_rng(2)
    # Both answer about forty rows, and Bob alone about twenty.
    rows = np.concatenate([np.arange(40), np.arange(60)])
    people = np.repeat(["ann", "bob"], [40, 60])
    wrong = rng.random(100) < np.where(people == "ann", 0.02, 0.3)
    answers = rows, np.where(wrong, 1 - y[rows], y[rows]), people
    strategy = query.RelabelOrNew(answers, random_state=0)
    model = smooth(BayesianLogisticRegression(prior_variance=100)).fit(X[:60], y[:60])
    chosen = strategy(model, X, n_instances=N_CHOSEN)
    scores = strategy.score_pool(model, X)
    return plane(
        "RelabelOrNew(answers)",
        X,
        np.arange(60, len(X)),
        scores[60:],
        np.arange(60),
        COLOURS[y],
        chosen,
    )


if __name__ == "__main__":
    main()
