"""Are there rows unlike anything that was labelled?"""

from dataclasses import replace

import numpy as np

from skbal._utils._sklearn import num_samples
from skbal._utils.lazy import lazy_module
from skbal._utils.random import stream
from skbal.audit._report._check import Check, Picture
from skbal.audit._report._source import NotChecked
from skbal.exceptions import NoDrawsError

# The room whose functions this calls, and which imports this file.
_audit = lazy_module("skbal.audit")

_MOST_ROWS = 5_000  # that are scored
_MOST_SHOWN = 10


def run(source, **params):
    """Score the rows that were not asked about, or the test rows without a pool."""
    source.for_task("classes", "numbers")
    X_labelled, _ = source.labelled_rows()
    rows, X = _scored(source)
    if X is None:
        raise NotChecked(
            "There are no rows without a label.", "Give X_pool, or X_test and y_test."
        )
    given = {
        "n_neighbors": min(10, num_samples(X_labelled) - 1),
        "random_state": source.random_state,
        **params,
    }
    try:
        found = _audit.anomaly_scores(source.fitted(), X, X_labelled, **given)
    except NoDrawsError:
        given["method"] = "distance"
        found = _audit.anomaly_scores(source.fitted(), X, X_labelled, **given)
    # Rows are called as in the pool, and not as among those that were scored.
    return found if found.names is not None else replace(found, names=rows)


def _scored(source):
    """Return the numbers of the rows to score, and the rows."""
    if source.X_pool is None or source.asked is None:
        if source.X_test is None:
            return None, None
        return np.arange(num_samples(source.X_test)), source.X_test
    _, others = source.divided_pool()
    if not len(others):
        return None, None
    order = stream(source.random_state, "rows to score").permutation(others)
    rows = np.sort(order[:_MOST_ROWS])
    return rows, source.from_pool(rows)


def pictures(result, source):
    """Return the oddest images."""
    _, X = _scored(source)
    shape = source.options.get("image_shape")
    shape = np.shape(X)[1:] if shape is None else tuple(shape)
    if len(shape) not in (2, 3):
        return []
    images = np.asarray(X).reshape(-1, *shape)
    n_shown = min(_MOST_SHOWN, len(images))
    n_lines = -(-n_shown // 5)

    def draw(figure):
        _audit.AnomalyDisplay.from_scores(
            result, images, n_shown=n_shown, figure=figure
        )

    alt = f"The {n_shown} oddest images in a grid, the oddest first."
    return [Picture("The oddest images", alt, draw, (6.5, 1.6 * n_lines))]


CHECK = Check(
    name="anomaly_scores",
    title="rows unlike anything labelled",
    section="anomalies",
    question="Are there rows unlike anything that was labelled?",
    run=run,
    pictures=pictures,
    meaning=(
        "Look at these rows before the model is used on them, and ask for labels of "
        "some."
    ),
)
