"""The promises of posterior draws, one short check each."""

import contextlib
import copy
import pickle
import warnings

import joblib
import numpy as np
from scipy.sparse import issparse

from skbal._utils.multilabel import answers_of_labels, probability_of_yes
from skbal._utils.random_streams import random_streams
from skbal.testing._run import NotApplicable, place
from skbal.testing._state import fresh_streams, torch_state

# Random choices in a committee of two can give the same member many times.
_N_TRIALS = 40


def _check_shape(case):
    try:
        shape = case.reference.shape
        case.require(min(shape) > 0, f"Draws must not be empty, got shape {shape}.")
        half = max(shape[1] // 2, 1)
        fewer = case.draw(n_draws=half).shape
    except ValueError as error:
        # predict_samples looks at the axes and the number of draws itself.
        raise AssertionError(f"{case.name}: {error}") from error
    case.require(
        fewer == (shape[0], half, shape[2]),
        f"n_draws={half} must change only the number of draws of the shape {shape}, "
        f"got {fewer}.",
    )


def _check_finite(case):
    bad = np.argwhere(~np.isfinite(case.reference))
    if len(bad):
        case.fail(
            f"Draws must be finite; {len(bad)} values are not, the first at "
            f"{place(bad[0])}."
        )


def _check_probabilities(case):
    if not case.is_multilabel:
        _only_for_classifiers(case)
    draws = case.reference
    case.require(
        draws.min() >= 0,
        f"Probabilities must be at least 0, got {draws.min():.3g}.",
    )
    if case.is_multilabel:
        case.require(
            draws.max() <= 1 + case.rounding,
            f"Probabilities of yes must be at most 1, got {draws.max():.3g}.",
        )
        return
    sums = draws.sum(axis=2, keepdims=True)
    promise = "The class probabilities of each draw must sum to one."
    case.require_same(sums, np.ones_like(sums), promise, case.tolerance)


def _check_classes(case):
    if case.is_multilabel:
        _check_labels(case)
        return
    _only_for_classifiers(case)
    mean = case.reference.mean(axis=1)
    case.require(
        mean.shape[1] == len(case.classes),
        f"There must be a column for each of the {len(case.classes)} classes, "
        f"got {mean.shape[1]}.",
    )
    likeliest = case.classes[mean.argmax(axis=1)]
    differs = likeliest != np.asarray(case.fitted.predict(case.X))
    wrong = np.flatnonzero(differs & _has_clear_lead(case))
    if len(wrong):
        case.fail(
            f"Columns must be in the order of classes_: in {len(wrong)} rows the "
            f"column with the largest mean is not the class that predict gives, the "
            f"first of them row {wrong[0]}."
        )


def _check_labels(case):
    mean, n_labels = case.reference.mean(axis=1), len(answers_of_labels(case.fitted))
    case.require(
        mean.shape[1] == n_labels,
        f"There must be a column for each of the {n_labels} labels, got "
        f"{mean.shape[1]}.",
    )
    differs = (mean > 0.5) != (np.asarray(case.fitted.predict(case.X)) == 1)
    is_clear = np.abs(mean - 0.5) > _sampling_error(case)
    wrong = np.argwhere(differs & is_clear)
    if len(wrong):
        case.fail(
            "Columns must be the probabilities of yes, in the order of the labels: "
            f"{len(wrong)} means are on the other side of 1/2 than predict says, the "
            f"first at row {wrong[0, 0]}, label {wrong[0, 1]}."
        )


def _check_mean(case):
    expected = _prediction(case)
    promise = "The mean over draws must be the prediction, up to sampling error."
    mean = case.reference.mean(axis=1)
    case.require_same(mean, expected, promise, allowed=_sampling_error(case))


def _check_repeat(case):
    promise = "The same random_state must give the same draws."
    case.require_same(case.draw(), case.reference, promise)
    case.require_same(case.draw(), case.reference, promise)
    if not case.differ(case.reference, case.reference[:, :1]):
        return  # one set of weights: all seeds give the same draws
    half = max(case.reference.shape[1] // 2, 1)
    first = case.draw(n_draws=half)
    for what, seeds in (("Another", range(_N_TRIALS)), ("No", [None] * _N_TRIALS)):
        others = (case.draw(n_draws=half, random_state=seed) for seed in seeds)
        case.require(
            any(case.differ(first, other) for other in others),
            f"{what} random_state must give other draws; {_N_TRIALS} calls gave the "
            f"same.",
        )


def _check_order(case):
    order = np.random.default_rng(0).permutation(case.n_samples)
    promise = "Draws must not depend on the order of the rows."
    case.require_same(case.draw(case.rows(order)), case.reference[order], promise)


def _check_chunks(case):
    n = case.n_samples
    for cuts in ([n // 2], [1, n // 3 + 1]):
        chunks = np.split(np.arange(n), cuts)
        draws = np.concatenate([case.draw(case.rows(chunk)) for chunk in chunks])
        sizes = [len(chunk) for chunk in chunks]
        promise = f"Draws of chunks of {sizes} rows must equal those of one call."
        case.require_same(draws, case.reference, promise)


def _check_company(case):
    kept = case.n_samples // 2
    rows = np.zeros(case.n_samples, dtype=np.intp)
    rows[:kept] = np.arange(kept)  # row 0 stands in for the other half
    draws = case.draw(case.rows(rows))[:kept]
    promise = "Draws of a row must not depend on the other rows."
    case.require_same(draws, case.reference[:kept], promise)


def _check_duplicates(case):
    again = np.arange(0, case.n_samples, 2)
    rows = np.concatenate([np.arange(case.n_samples), again])
    draws = case.draw(case.rows(rows))
    promise = "Equal rows must get equal draws."
    case.require_same(draws[case.n_samples :], draws[again], promise)


def _check_streams(case):
    # The streams start from fresh states, so that every change is visible.
    with fresh_streams():
        before = random_streams()
        _draw_and_fail(case, case.fitted)
        after = random_streams()
    moved = [name for name in before if before[name] != after[name]]
    case.require(
        not moved, f"The global random stream of {' and '.join(moved)} must not move."
    )


def _check_flags(case):
    if not torch_state(case.fitted):
        raise NotApplicable("it holds no torch module")
    # The draws before may have changed the first one, and a change shows only once.
    before = torch_state(case.twin)
    _draw_and_fail(case, case.twin)
    after = torch_state(case.twin)
    changed = [name for name in before if before[name] != after.get(name)]
    case.require(
        not changed,
        f"Draws must leave torch modules as they were; changed: "
        f"{', '.join(changed[:5])}.",
    )


def _check_unchanged(case):
    X = copy.deepcopy(case.pristine)
    before = joblib.hash(X)
    case.draw(X)
    case.require(joblib.hash(X) == before, "Draws must leave X as it was.")


def _check_pickle(case):
    model = pickle.loads(pickle.dumps(case.fitted))
    promise = "A pickled copy must give the same draws."
    case.require_same(case.draw(model=model), case.reference, promise)


def _check_refit(case):
    names = case.template.get_params(deep=True)
    if not any(name.split("__")[-1] == "random_state" for name in names):
        raise NotApplicable("it has no random_state")
    promise = "A clone fitted with the same random_state must give the same draws."
    case.require_same(case.draw(model=case.twin), case.reference, promise)


CHECKS = {
    "shape": _check_shape,
    "finite": _check_finite,
    "probabilities": _check_probabilities,
    "classes": _check_classes,
    "mean": _check_mean,
    "repeat": _check_repeat,
    "order": _check_order,
    "chunks": _check_chunks,
    "company": _check_company,
    "duplicates": _check_duplicates,
    "streams": _check_streams,
    "flags": _check_flags,
    "unchanged": _check_unchanged,
    "pickle": _check_pickle,
    "refit": _check_refit,
}


def _only_for_classifiers(case):
    if case.classes is None:
        raise NotApplicable("it is not a classifier")


def _prediction(case):
    if case.is_multilabel:
        answers = answers_of_labels(case.fitted)
        prediction = probability_of_yes(case.fitted.predict_proba(case.X), answers)
    elif case.classes is None:
        case.require(
            not hasattr(case.fitted, "predict_proba"),
            "A classifier must have classes_ after fit; without it, and with "
            "predict_proba, it is taken for a regressor.",
        )
        prediction = case.fitted.predict(case.X)
    elif hasattr(case.fitted, "predict_proba"):
        prediction = case.fitted.predict_proba(case.X)
    else:
        raise NotApplicable("it has no predict_proba")
    return np.asarray(prediction).reshape(case.n_samples, -1)


def _standard_error(draws):
    variance = draws.var(axis=1, dtype=np.float64) / max(draws.shape[1] - 1, 1)
    return np.sqrt(variance)


def _sampling_error(case):
    """Return how far a mean over draws may be from its expectation.

    The draws of a row can miss a rare value, and then show no spread: so the usual
    spread of all rows is added to a row's own.
    """
    own = _standard_error(case.reference)
    usual = np.sqrt((own**2).mean())
    return case.n_standard_errors * (own + usual) + case.rounding


def _has_clear_lead(case):
    """Return for each row whether its likeliest class leads beyond sampling error."""
    draws = case.reference
    if draws.shape[2] == 1:
        return np.ones(len(draws), dtype=bool)
    ranked = draws.mean(axis=1).argsort(axis=1)[:, np.newaxis]
    first, second = (np.take_along_axis(draws, ranked[..., [-i]], 2) for i in (1, 2))
    lead = (first - second)[..., 0]
    error = case.n_standard_errors * _standard_error(lead)
    return lead.mean(axis=1) > error + case.rounding


def _draw_and_fail(case, model):
    case.draw(model=model)
    case.draw(model=model, random_state=None)
    for X in _bad_rows(case.X):
        with warnings.catch_warnings(), contextlib.suppress(Exception):
            warnings.simplefilter("ignore")
            case.draw(X, model=model)


def _bad_rows(X):
    X = X.toarray() if issparse(X) else np.asarray(X)
    yield X[..., :-1]
    if X.dtype.kind in "fiu":
        yield np.full(X.shape, np.nan)
