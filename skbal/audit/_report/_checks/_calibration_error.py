"""Do class probabilities come true as often as they say?"""

import numpy as np

from skbal._utils.lazy import lazy_module
from skbal.audit._report._check import Check, Picture
from skbal.sampling import predict_samples

# The room whose functions this calls, and which imports this file.
_audit = lazy_module("skbal.audit")

_NAME = "calibration_error"


def run(source, **params):
    """Compare probabilities with how often they come true."""
    source.for_task("classes")
    y, probabilities, classes = _predicted(source)
    given = {"random_state": source.random_state, **params}
    return _audit.calibration_error(y, probabilities, classes=classes, **given)


def _predicted(source):
    """Return the labels and probabilities of the test rows, and all classes."""
    X, y = source.test_rows()
    model = source.fitted()
    if hasattr(model, "predict_proba"):
        probabilities = np.asarray(model.predict_proba(X))
    else:
        draws = predict_samples(model, X, random_state=source.random_state)
        probabilities = draws.mean(axis=1)
    classes = np.asarray(model.classes_)
    # A class that the model has never seen has probability 0.
    unknown = np.setdiff1d(np.asarray(y), classes)
    none = np.zeros((len(probabilities), len(unknown)))
    classes = [*classes.tolist(), *unknown.tolist()]
    return np.asarray(y), np.hstack([probabilities, none]), classes


def pictures(result, source):
    """Return the reliability curve."""

    def draw(figure):
        y, probabilities, classes = _predicted(source)
        _audit.ReliabilityDisplay.from_predictions(
            y, probabilities, classes=classes, ax=figure.subplots()
        )

    alt = (
        "A curve: how often the likeliest class is right against the probability that "
        "the model gives it. Probabilities that are right lie on the diagonal."
    )
    return [Picture("Reliability of the likeliest class", alt, draw, (4.5, 4.5))]


CHECK = Check(
    name=_NAME,
    title="probabilities",
    section="calibration",
    question="Do its probabilities come true as often as they say?",
    run=run,
    meaning=(
        "Do not read its probabilities as probabilities before they are made right on "
        "other labelled rows. Its predictions may be good all the same."
    ),
    pictures=pictures,
)
