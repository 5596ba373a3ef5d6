"""The demo: do query strategies need fewer labels than random choice, on real digits?

A model begins with 20 labels of 5,000 handwritten digits and asks for some more at a
time. The full demo is a short form of Gal, Islam and Ghahramani (2017), section 5.1,
with a Bayesian CNN. The quick one has a random forest. Both make several runs in pairs,
because one run of each strategy tells little.
"""

from dataclasses import dataclass

import joblib
import numpy as np
from sklearn.ensemble import RandomForestClassifier

from skbal._utils.optional import require
from skbal.datasets import load_mnist_5k
from skbal.experiments import compare
from skbal.models import MCDropoutClassifier
from skbal.plotting import ComparisonDisplay
from skbal.query import BALD, Margin, Random, VariationRatios

STRATEGIES = {"BALD": BALD, "Variation ratios": VariationRatios, "Margin": Margin}
N_FIRST = 20  # two labels of each digit, as in `compare`


@dataclass(frozen=True)
class Settings:
    """Size of the demo.

    Parameters
    ----------
    strategies : tuple of str
        Keys of `STRATEGIES`. Random choice is compared with them.
    targets : tuple of float
        Accuracies for which the table gives the number of labels needed.
    with_network : bool
        Whether the model is a Bayesian CNN. Otherwise it is a random forest.
    n_repeats : int
        Number of runs per strategy.
    n_queries : int
        Number of queries per run.
    n_instances : int
        Number of digits per query.
    n_draws : int
        Number of posterior draws: of the network, or trees of the forest.
    max_steps : int
        Number of gradient steps per training, with 32 digits each. The number of steps
        is fixed, and not that of epochs, because steps take most of the time.
    pool_subsample : int or None
        Number of random rows of the pool considered by a query.
    n_jobs : int
        Largest number of runs at a time.
    """

    strategies: tuple = ("BALD", "Variation ratios")
    targets: tuple = (0.8, 0.9)
    with_network: bool = True
    n_repeats: int = 5
    n_queries: int = 9
    n_instances: int = 20
    n_draws: int = 30
    max_steps: int = 100
    pool_subsample: int | None = 500
    n_jobs: int = 4

    @property
    def n_labels(self):
        """Number of labels after the last query."""
        return N_FIRST + self.n_queries * self.n_instances


QUICK = Settings(
    strategies=("Margin",),
    targets=(0.8, 0.85),
    with_network=False,
    n_repeats=4,
    n_queries=10,
    n_instances=40,
    n_draws=100,
    pool_subsample=1000,
    n_jobs=1,
)


def run_demo(settings, seed=0, verbose=True):
    """Return the comparison of the strategies with random choice.

    The numbers depend on the seed, but not on how many runs are made at a time.

    Parameters
    ----------
    settings : Settings
        Size of the demo.
    seed : int, default=0
        Seed of the splits, the first labels, training and draws.
    verbose : bool, default=True
        Whether to show a progress bar.

    Returns
    -------
    comparison : skbal.experiments.Comparison
    """
    strategies = {
        name: STRATEGIES[name](pool_subsample=settings.pool_subsample)
        for name in settings.strategies
    }
    return compare(
        {**strategies, "Random": Random()},
        demo_model(settings),
        *load_mnist_5k(return_X_y=True),
        n_repeats=settings.n_repeats,
        n_queries=settings.n_queries,
        n_instances=settings.n_instances,
        target_score=list(settings.targets),
        random_state=seed,
        n_jobs=min(settings.n_jobs, joblib.cpu_count()),
        verbose=int(verbose),
    )


def demo_model(settings):
    """Return the model that learns: a small Bayesian CNN, or a random forest."""
    if not settings.with_network:
        return RandomForestClassifier(settings.n_draws)
    return MCDropoutClassifier(
        image_shape=(28, 28),
        module__n_filters=8,
        n_draws=settings.n_draws,
        max_steps=settings.max_steps,
        lr=0.003,
        batch_size=32,
    )


def introduction(settings):
    """Return what is compared, in a few sentences."""
    model = f"a random forest of {settings.n_draws} trees, which are posterior draws,"
    if settings.with_network:
        model = f"a Bayesian CNN with {settings.n_draws} posterior draws"
    names = [*settings.strategies, "Random"]
    return (
        f"5,000 real handwritten digits (MNIST), and {model} to read them. It begins "
        f"with {N_FIRST} labels and asks for {settings.n_instances} more at a time, up "
        f"to {settings.n_labels}. Which digits it asks about is decided by "
        f"{', '.join(names[:-1])} or by chance ({names[-1]}), in {settings.n_repeats} "
        "runs each. In each repeat, all begin with the same labels and are tested on "
        "the same 1,000 digits."
    )


def results_table(comparison):
    """Return the header and the rows of the table at the end of the demo."""
    _, last = comparison.label_range
    header = ["strategy", *(f"to {t:.0%}" for t in comparison.target_scores)]
    header += [f"at {last}", "minus random", "95% interval"]
    return header, [[name, *_row(comparison, name)] for name in comparison.histories]


def _row(comparison, name):
    _, last = comparison.label_range
    for target in comparison.target_scores:
        needed = np.median(comparison.labels_to_target(target)[name])
        yield f"{needed:.0f}" if np.isfinite(needed) else f"> {last}"
    yield f"{np.mean([run.scores[-1] for run in comparison.histories[name]]):.1%}"
    difference = comparison.differences.get(name)
    if difference is None:
        yield from ("", "")
    else:
        yield f"{_points(difference.mean)} points"
        yield _interval(difference)


def _points(difference):
    return f"{100 * difference:+.1f}"


def _interval(difference):
    return f"{_points(difference.low)} to {_points(difference.high)}"


def explanation(comparison):
    """Return what the columns of the table mean."""
    return (
        "“to 80%”: number of labels, the first 20 included, when the accuracy on the "
        "test digits first reached 80% (median of the runs). “minus random”: accuracy, "
        "averaged over the whole learning curve, minus that of the random run with the "
        "same beginning. “95% interval”: in 95 of 100 such comparisons, the intervals "
        "contain the true differences."
    ).replace("80%", f"{comparison.target_scores[0]:.0%}")


def verdicts(comparison):
    """Return one sentence per strategy: its verdict and the difference behind it."""
    for name, verdict in comparison.verdicts.items():
        difference = comparison.differences[name]
        ahead = np.count_nonzero(difference.values > 0)
        yield (
            f"{name}: {verdict} (ahead in {ahead} of {comparison.n_repeats} pairs of "
            f"runs, {_points(difference.mean)} points on average)."
        )


def draw_curves(comparison, path):
    """Draw the learning curves, and the differences from random, into a PNG file.

    Parameters
    ----------
    comparison : skbal.experiments.Comparison
        As `run_demo` returns it.
    path : str or pathlib.Path
        The file to write.
    """
    # Without pyplot, no window is opened and no backend has to be chosen.
    figure = require("matplotlib.figure", "examples", "The demo").Figure(
        figsize=(11, 4.5), layout="constrained"
    )
    display = ComparisonDisplay.from_comparison(comparison, ax=figure.subplots(1, 2))
    for target in comparison.target_scores:
        display.axes_[0].axhline(target, color="0.8", linewidth=0.8, zorder=0)
    display.axes_[0].set_title("Mean and standard error of the runs")
    figure.savefig(path, dpi=150)
