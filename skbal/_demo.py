"""The demo: which query strategy needs the fewest labels on real digits?

A Bayesian CNN begins with 20 labels of 5,000 handwritten digits and asks for ten more
at a time. This is a short form of Gal, Islam and Ghahramani (2017), section 5.1.
"""

from dataclasses import dataclass

from sklearn.model_selection import train_test_split

from skbal._utils.optional import require
from skbal.datasets import load_mnist_5k
from skbal.learner import ActiveLearner
from skbal.loop import ActiveLearningLoop
from skbal.models import MCDropoutClassifier
from skbal.oracles import LabelOracle
from skbal.plotting import AcquisitionCurveDisplay
from skbal.query import BALD, Random, VariationRatios
from skbal.seeding import BalancedSeed

STRATEGIES = {"BALD": BALD, "Variation ratios": VariationRatios, "Random": Random}
TARGETS = (0.90, 0.95)


@dataclass(frozen=True)
class Settings:
    """Size of the demo.

    Parameters
    ----------
    n_queries : int
        Number of queries per strategy.
    n_instances : int
        Number of digits per query.
    n_draws : int
        Number of posterior draws.
    max_steps : int
        Number of gradient steps per training, with 64 digits each. The number of steps
        is fixed, and not that of epochs, because steps take most of the time.
    pool_subsample : int or None
        Number of random rows of the pool considered by a query.
    n_test : int
        Number of digits to score on.
    """

    n_queries: int = 20
    n_instances: int = 10
    n_draws: int = 100
    max_steps: int = 100
    pool_subsample: int | None = 1000
    n_test: int = 1000


QUICK = Settings(n_queries=4, n_draws=20, max_steps=40, pool_subsample=500, n_test=500)


def run_demo(settings, seed=0, verbose=True):
    """Return the history of each strategy, from the same first labels.

    Parameters
    ----------
    settings : Settings
        Size of the demo.
    seed : int, default=0
        Seed of the split, the first labels, training and draws.
    verbose : bool, default=True
        Whether to show a progress bar for each strategy.

    Returns
    -------
    histories : dict of str to History
    """
    X, y = load_mnist_5k(return_X_y=True)
    X_pool, X_test, y_pool, y_test = train_test_split(
        X, y, test_size=settings.n_test, stratify=y, random_state=seed
    )
    initial = BalancedSeed(n_per_class=2, random_state=seed).select(X_pool, y_pool)
    histories = {}
    for name in STRATEGIES:
        loop = ActiveLearningLoop(
            demo_learner(name, settings, seed),
            X_pool,
            LabelOracle(y_pool),
            n_queries=settings.n_queries,
            n_instances=settings.n_instances,
            initial=initial,
            X_test=X_test,
            y_test=y_test,
            verbose=name if verbose else False,
        )
        histories[name] = loop.run().history_
    return histories


def demo_learner(name, settings, seed):
    """Return the learner of the demo with the query strategy of that name."""
    network = MCDropoutClassifier(
        image_shape=(28, 28),
        n_draws=settings.n_draws,
        max_steps=settings.max_steps,
        random_state=seed,
    )
    strategy = STRATEGIES[name](
        random_state=seed, pool_subsample=settings.pool_subsample
    )
    return ActiveLearner(network, strategy)


def results_table(histories):
    """Return the header and the rows of the table at the end of the demo."""
    header = ["strategy", *(f"to {target:.0%}" for target in TARGETS)]
    header += ["at the end", "training [s]", "querying [s]"]
    return header, [[name, *_row(history)] for name, history in histories.items()]


def _row(history):
    last = history[-1].n_labels
    needed = (history.labels_to(target) for target in TARGETS)
    yield from (f"> {last}" if n is None else str(n) for n in needed)
    yield f"{history.scores[-1]:.1%}"
    yield f"{sum(record.seconds_training for record in history):.0f}"
    yield f"{sum(record.seconds_querying for record in history):.0f}"


def draw_curves(histories, path):
    """Draw the learning curves into a PNG file.

    Parameters
    ----------
    histories : dict of str to History
        As `run_demo` returns them.
    path : str or pathlib.Path
        The file to write.
    """
    # Without pyplot, no window is opened and no backend has to be chosen.
    figure = require("matplotlib.figure", "examples", "The demo").Figure(
        figsize=(7, 4.5), layout="constrained"
    )
    display = AcquisitionCurveDisplay.from_histories(
        histories, ax=figure.subplots(), score_name="Test accuracy"
    )
    for target in TARGETS:
        display.ax_.axhline(target, color="0.8", linewidth=0.8, zorder=0)
    display.ax_.set_title("A Bayesian CNN asks about MNIST digits, ten at a time")
    figure.savefig(path, dpi=150)
