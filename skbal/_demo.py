"""The demo: do query strategies need fewer labels than random choice, on real digits?

A model begins with 20 labels of 5,000 handwritten digits and asks for some more at a
time. The full demo is a short form of Gal, Islam and Ghahramani (2017), section 5.1,
with a Bayesian CNN. The quick one has a random forest. Both make several runs in pairs,
because one run of each strategy tells little.

One more curve is that of a model that looks at the pool before the first label: a
Gaussian field on the graph of the same digits, which begins with 12 labels.
"""

from dataclasses import dataclass

import joblib
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

from skbal._utils.optional import require
from skbal._utils.random import next_seed, stream
from skbal.audit import audit_report
from skbal.datasets import load_mnist_5k
from skbal.experiments import compare
from skbal.features import Deslant, GradientHistograms
from skbal.models import GraphClassifier, MCDropoutClassifier
from skbal.plotting import AcquisitionCurveDisplay, ComparisonDisplay
from skbal.query import BALD, ExpectedVarianceReduction, Margin, Random, VariationRatios
from skbal.seeding import ClusterSeed
from skbal.simulation import ActiveLearningClassifier

STRATEGIES = {"BALD": BALD, "Variation ratios": VariationRatios, "Margin": Margin}
N_FIRST = 20  # two labels of each digit, as in `compare`
FIELD = "Graph of the pool"
# From 12 labels to 60, four at a time. Afterwards its curve is flat.
N_FIRST_OF_FIELD, N_INSTANCES_OF_FIELD, N_QUERIES_OF_FIELD = 12, 4, 12


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
    targets: tuple = (0.9, 0.95, 0.98)
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


def run_field(settings, seed=0):
    """Return the histories of the model that looks at the pool before the first label.

    It is shown 4,000 digits, and tested on the other 1,000, which it has not seen.

    Parameters
    ----------
    settings : Settings
        Size of the demo.
    seed : int, default=0
        Seed of the splits, the first labels and the draws.

    Returns
    -------
    histories : list of skbal.loop.History
        One for each run.
    """
    X, y = load_mnist_5k(return_X_y=True)
    strokes = make_pipeline(
        Deslant(image_shape=(28, 28)),
        GradientHistograms(n_orientations=12, image_shape=(28, 28)),
    )
    field = ActiveLearningClassifier(
        GraphClassifier(),
        ExpectedVarianceReduction(),
        initial=ClusterSeed(N_FIRST_OF_FIELD),
        n_queries=N_QUERIES_OF_FIELD,
        n_instances=N_INSTANCES_OF_FIELD,
    )
    X, histories = strokes.fit_transform(X), []
    for repeat in range(settings.n_repeats):
        field.set_params(random_state=next_seed(stream(seed, FIELD, repeat)))
        histories.append(field.fit(X, y).history_)
    return histories


def run_report(settings, comparison, seed=0):
    """Return a report of one run of the first strategy.

    Parameters
    ----------
    settings : Settings
        Size of the demo.
    comparison : skbal.experiments.Comparison
        As `run_demo` returns it, shown beside the run.
    seed : int, default=0
        Seed of the run and of the checks.

    Returns
    -------
    report : skbal.audit.AuditReport
    """
    X, y = load_mnist_5k(return_X_y=True)
    strategy = STRATEGIES[settings.strategies[0]]
    run = ActiveLearningClassifier(
        demo_model(settings),
        strategy(pool_subsample=settings.pool_subsample),
        n_queries=settings.n_queries,
        n_instances=settings.n_instances,
        random_state=next_seed(stream(seed, "report")),
    )
    return audit_report(
        run.fit(X, y),
        X_pool=X,
        compare_random=comparison,
        image_shape=(28, 28),
        title="The demo of skbal: can its model be believed?",
        random_state=seed,
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
        "the same 1,000 digits.\n\n"
        f"One more curve, {FIELD!r}, is that of a model that looks at the pool before "
        "the first label. It makes the digits upright, joins those with similar "
        "strokes, and asks for a label of each group that it finds, "
        f"{N_FIRST_OF_FIELD} in all. Then it asks where a label makes the whole pool "
        "most certain. It is tested on 1,000 digits that it has not seen."
    )


def results_table(comparison, field):
    """Return the header and the rows of the table at the end of the demo.

    Parameters
    ----------
    comparison : skbal.experiments.Comparison
        As `run_demo` returns it.
    field : list of skbal.loop.History
        As `run_field` returns it.
    """
    _, last = comparison.label_range
    header = ["strategy", *(f"to {t:.0%}" for t in comparison.target_scores)]
    header += [f"at {last}", "minus random", "95% interval"]
    histories = {**comparison.histories, FIELD: field}
    return header, [
        [name, *_scores(runs, comparison.target_scores, last), *_gain(comparison, name)]
        for name, runs in histories.items()
    ]


def _scores(runs, targets, last):
    own_last = int(runs[0].n_labels[-1])
    for target in targets:
        needed = [run.labels_to(target) for run in runs]
        needed = np.median([np.inf if n is None else n for n in needed])
        yield f"{needed:.0f}" if np.isfinite(needed) else f"> {own_last}"
    score = f"{np.mean([run.scores[-1] for run in runs]):.1%}"
    yield score if own_last == last else f"at {own_last}: {score}"


def _gain(comparison, name):
    difference = comparison.differences.get(name)
    if difference is None:  # random itself, or another model
        return "", ""
    return f"{_points(difference.mean)} points", _interval(difference)


def _points(difference):
    return f"{100 * difference:+.1f}"


def _interval(difference):
    return f"{_points(difference.low)} to {_points(difference.high)}"


def explanation(comparison):
    """Return what the columns of the table mean."""
    return (
        "“to 80%”: number of labels, the first ones included, when the accuracy on the "
        "test digits first reached 80% (median of the runs). “minus random”: accuracy, "
        "averaged over the whole learning curve, minus that of the random run with the "
        "same beginning. “95% interval”: in 95 of 100 such comparisons, the intervals "
        f"contain the true differences. {FIELD!r} is another model, so it has no such "
        "difference."
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


def draw_curves(comparison, field, path):
    """Draw the learning curves, and the differences from random, into a PNG file.

    Parameters
    ----------
    comparison : skbal.experiments.Comparison
        As `run_demo` returns it.
    field : list of skbal.loop.History
        As `run_field` returns it.
    path : str or pathlib.Path
        The file to write.
    """
    # Without pyplot, no window is opened and no backend has to be chosen.
    figure = require("matplotlib.figure", "examples", "The demo").Figure(
        figsize=(11, 4.8), layout="constrained"
    )
    axes = figure.subplots(1, 2, width_ratios=(3, 2))
    ComparisonDisplay.from_comparison(comparison, ax=axes)
    axes[0].clear()  # for one more curve, which has no difference beside it
    _draw_all_curves(comparison, field, axes[0])
    axes[1].set_title("Against random questions")
    figure.savefig(path, dpi=150)


def _draw_all_curves(comparison, field, axis):
    display = AcquisitionCurveDisplay.from_histories(
        {**comparison.histories, FIELD: field},
        ax=axis,
        band="sem",
        score_name="Accuracy on test digits",
    )
    display.lines_[FIELD].set(linewidth=3)
    for target in comparison.target_scores:
        axis.axhline(target, color="0.8", linewidth=0.8, zorder=0)
        axis.annotate(
            f"{target:.0%}",
            (1, target),
            xycoords=("axes fraction", "data"),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            color="0.4",
        )
    axis.set(title="Mean and standard error of the runs", xlim=(0, None))
