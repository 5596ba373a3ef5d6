"""What the cells of a search hold: mean scores, intervals and learning curves.

scikit-learn keeps the numbers of each candidate in ``cv_results_`` and forgets the
models. So the curves of cells are there only if the scorer returned them as numbers, as
`skbal.simulation.LearningCurveScores` does.
"""

import re
from dataclasses import dataclass
from numbers import Real

import numpy as np
from scipy import stats

from skbal._utils.provenance import described

OWNER = "SearchDisplay"
_MOST_VALUES = 12  # of a parameter: more cells cannot be read


@dataclass(frozen=True)
class Cells:
    """The cells of one or two parameters, rows for the second one."""

    params: tuple  # one name or two
    values: tuple  # the values of each, as short words
    index: np.ndarray  # (n_rows, n_columns), the candidate in each cell or -1
    best: tuple  # row and column


def cells_of(search, params, score):
    """Return which candidate of a search is in which cell.

    Parameters
    ----------
    search : object
        A fitted search of scikit-learn.
    params : str or sequence of str or None
        Names of one parameter or two. ``None`` takes all that were searched.
    score : str
        Name of the score, for a search without a best candidate.

    Returns
    -------
    cells : Cells

    Raises
    ------
    TypeError, ValueError
        If the parameters were not searched, there are more than two, or one has too
        many values.
    """
    results = search.cv_results_
    tried = [_without_resource(search, c) for c in results["params"]]
    words = [{k: _in_words(v) for k, v in c.items()} for c in tried]
    searched = sorted({name for each in words for name in each})
    params = _checked_params(params, searched, words)
    rows = _latest(results, words)
    best = _best_candidate(search, results, rows, score)
    others = [name for name in searched if name not in params]
    rows = [
        row
        for row in rows
        if all(words[row].get(name) == words[best].get(name) for name in others)
    ]
    known = [_sorted_values(results, rows, words, name) for name in params]
    values = [list(each) for each in known]
    shape = (len(values[1]) if len(params) == 2 else 1, len(values[0]))
    index = np.full(shape, -1)
    for row in rows:
        index[_place(words[row], params, values)] = row
    best = _place(words[best], params, values)
    return Cells(params, tuple(_short(each) for each in known), index, best)


def mean_and_half_width(results, key, index, test_to_train):
    """Return the mean over splits and half of its interval, for each cell.

    Parameters
    ----------
    results : dict
        ``cv_results_`` of a search.
    key : str
        Name of a score in it.
    index : ndarray of int of shape (n_rows, n_columns)
        The candidate of each cell, or -1.
    test_to_train : float
        Test rows per training row.

    Returns
    -------
    mean, half_width : ndarray of shape (n_rows, n_columns)
        NaN where there is no candidate, or no score. The half width is NaN for a
        single split.

    Notes
    -----
    The training sets of splits overlap, so the scores of k splits vary together. The
    variance of their mean is estimated by (1/k + test_to_train) s^2 (Nadeau and Bengio
    2003, equation 9) and the interval is Student's with k - 1 degrees of freedom.
    """
    splits = [name for name in results if re.fullmatch(rf"split\d+_test_{key}", name)]
    scores = np.stack([results[name] for name in splits]).astype(np.float64)
    scores = np.where(index < 0, np.nan, scores[:, index])  # (k, n_rows, n_columns)
    k = len(scores)
    if k == 1:
        return scores[0], np.full(index.shape, np.nan)
    width = stats.t.ppf(0.975, k - 1) * np.sqrt(1 / k + test_to_train)
    return scores.mean(axis=0), width * scores.std(axis=0, ddof=1)


def ratio_of_splits(cv, n_splits):
    """Return the number of test rows per training row, as far as a splitter says it.

    Parameters
    ----------
    cv : object
        The ``cv`` of a search.
    n_splits : int
        Number of its splits.

    Returns
    -------
    test_to_train : float
        That of k folds, of which there are fewer than splits if they are repeated. For
        random splits, that of their shares.

    Examples
    --------
    >>> from sklearn.model_selection import RepeatedKFold
    >>> ratio_of_splits(RepeatedKFold(n_splits=5, n_repeats=3), 15)
    0.25
    """
    test, train = _shares(cv)
    if test is not None:
        return test / train
    n_folds = n_splits / getattr(cv, "n_repeats", 1)
    return 1 / (n_folds - 1) if n_folds > 1 else 0.0


def _shares(cv):
    """Return the shares of test and training rows of random splits, or (None, None)."""
    test, train = getattr(cv, "test_size", None), getattr(cv, "train_size", None)
    if test is None and train is None:
        test = getattr(cv, "_default_test_size", None)  # of scikit-learn's splitters
    known = [share for share in (test, train) if share is not None]
    if not known or not all(isinstance(share, float) for share in known):
        return None, None
    test = 1 - train if test is None else test
    return test, 1 - test if train is None else train


def numbers_of_labels(results):
    """Return the numbers of labels at which ``cv_results_`` has scores, ascending."""
    found = (re.fullmatch(r"mean_test_at_(\d+)", name) for name in results)
    return sorted(int(match[1]) for match in found if match)


def score_names(results):
    """Return the names of the scores in ``cv_results_``, without those of curves."""
    return [
        name.removeprefix("mean_test_")
        for name in results
        if re.fullmatch(r"mean_test_(?!at_\d+$).+", name)
    ]


def _without_resource(search, candidate):
    """Return the parameters of a candidate: a halving search adds what it gave it."""
    resource = getattr(search, "resource", None)
    return {name: value for name, value in candidate.items() if name != resource}


def _in_words(value):
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Real) and not isinstance(value, bool):
        return f"{value:g}"
    return str(described(value))


def _checked_params(params, searched, words):
    if params is None:
        params = [name for name in searched if len({w.get(name) for w in words}) > 1]
        params = params or searched[:1]
        if len(params) > 2:
            raise ValueError(
                f"params of {OWNER} must be one parameter or two, and the search was "
                f"over {', '.join(map(repr, params))}. Say which, for instance "
                f"params={params[:2]!r}. The others have the values of the best "
                "candidate then."
            )
    params = [params] if isinstance(params, str) else list(params)
    if not 1 <= len(params) <= 2 or len(set(params)) < len(params):
        raise ValueError(
            f"params of {OWNER} must be one parameter or two different ones, got "
            f"{params!r}."
        )
    for name in params:
        if name not in searched:
            raise ValueError(
                f"params of {OWNER} must be parameters of the search, "
                f"{', '.join(map(repr, searched))}, got {name!r}."
            )
    return tuple(params)


def _latest(results, words):
    """Return one candidate for each combination: of a halving search the last."""
    return list(
        {tuple(sorted(each.items())): i for i, each in enumerate(words)}.values()
    )


def _best_candidate(search, results, rows, score):
    best = getattr(search, "best_index_", None)
    if best is not None:
        return int(best)
    means = np.asarray(results[f"mean_test_{score}"])[rows]
    return rows[int(np.argmax(np.where(np.isnan(means), -np.inf, means)))]


def _sorted_values(results, rows, words, name):
    """Return the values of a parameter by their words, numbers in their order."""
    found = {}
    for row in rows:
        found.setdefault(words[row].get(name, "-"), results["params"][row].get(name))
    if len(found) > _MOST_VALUES:
        raise ValueError(
            f"params of {OWNER}: {name!r} has {len(found)} values, and at most "
            f"{_MOST_VALUES} cells fit side by side. Search over a list of values."
        )
    numbers = [isinstance(v, Real) and not isinstance(v, bool) for v in found.values()]
    return (
        {w: found[w] for w in sorted(found, key=found.get)} if all(numbers) else found
    )


def _short(values):
    """Return words for the ticks: of estimators the class, if no two have the same."""
    names = [words.partition("(")[0] for words in values]
    if len(set(names)) == len(names):
        return names
    if (steps := _steps_that_differ(list(values.values()))) is not None:
        return _short({_in_words(step): step for step in steps})
    # The repr of an estimator has the parameters that are not the default.
    changed = [
        " ".join((words if _is_plain(value) else repr(value)).split())
        for words, value in values.items()
    ]
    words = changed if len(set(changed)) == len(changed) else list(values)
    return [text.replace("(", "(\n", 1).replace(", ", ",\n") for text in words]


def _steps_that_differ(values):
    """Return the only step in which pipelines differ, for each, or None."""
    if not all(hasattr(value, "steps") for value in values):
        return None
    if len({len(value.steps) for value in values}) > 1:
        return None
    columns = zip(*([step for _, step in value.steps] for value in values))
    # Two pipelines with the same step differ in another one.
    differ = [steps for steps in columns if len(set(map(_in_words, steps))) > 1]
    alone = len(differ) == 1 and len(set(map(_in_words, differ[0]))) == len(values)
    return differ[0] if alone else None


def _is_plain(value):
    return value is None or isinstance(value, (str, Real, np.generic))


def _place(words, params, values):
    column, *row = (v.index(words.get(n, "-")) for n, v in zip(params, values))
    return (row[0] if row else 0), column
