"""What do predictions, and their uncertainty, depend on?"""

import numpy as np

from skbal._utils._sklearn import num_samples
from skbal._utils.lazy import lazy_module
from skbal._utils.pools import sliceable, take
from skbal._utils.random import stream
from skbal.audit._report._check import Check, Picture
from skbal.audit._report._source import DoesNotApply, NotChecked
from skbal.exceptions import NoDrawsError

# The room whose functions this calls, and which imports this file.
_audit = lazy_module("skbal.audit")

_MOST_ROWS, _MOST_IMAGES = 20, 5


def run_prediction(source, **params):
    """Make maps of what predictions of random test rows depend on."""
    source.for_task("classes", "numbers")
    return _explained(_audit.saliency, source, params)


def run_uncertainty(source, **params):
    """Make maps of what the disagreement between posterior draws depends on."""
    source.for_task("classes", "numbers")
    of = {} if source.task == "classes" else {"of": "variance"}
    try:
        return _explained(_audit.uncertainty_saliency, source, {**of, **params})
    except NoDrawsError as error:
        raise DoesNotApply(f"The model makes no posterior draws: {error}") from error


def run_sanity(source, **params):
    """Compare maps with those of the network after its weights are shuffled."""
    source.for_task("classes", "numbers")
    given = {"n_images": _MOST_ROWS, "randomise": "weights", **params}
    try:
        return _explained(_audit.saliency_sanity_check, source, given)
    except TypeError as error:
        raise NotChecked(
            "The model has no weights that could be put in random order, so it would "
            "have to be trained again on permuted labels.",
            "Call saliency_sanity_check with training rows and labels, and give what "
            "it returns in results={'saliency_sanity_check': ...}.",
        ) from error


def _explained(function, source, params):
    """Call a function by gradients or, where these do not pass, by occlusion."""
    model, X = source.fitted(), _some(source)
    given = {
        "method": "gradient",
        "image_shape": source.options.get("image_shape"),
        "random_state": source.random_state,
        **params,
    }
    try:
        return function(model, X, **given)
    except NoDrawsError:
        raise
    except TypeError:
        if "method" in params:
            raise
        return function(model, X, **{**given, "method": "occlusion"})


def _some(source):
    """Return a few random test rows."""
    X, _ = source.test_rows()
    n_rows = num_samples(X)
    order = stream(source.random_state, "rows to explain").permutation(n_rows)
    return take(sliceable(X), np.sort(order[:_MOST_ROWS]))


def pictures(result, source):
    """Return images with their maps below, or bars for columns."""
    n_images = min(_MOST_IMAGES, len(result.maps))
    subject = (
        "predictions" if result.of == "prediction" else "the uncertainty of predictions"
    )
    if result.maps.ndim == 2:
        alt = f"Bars: how much each column matters for {subject}, largest at the top."
        return [Picture("Columns", alt, lambda f: _draw(result, f.subplots(), None))]
    alt = (
        f"{n_images} random test images, and below each a map of what matters for "
        f"{subject}: red raises, blue lowers."
    )
    size = (1.3 * n_images, 2.9)

    def draw(figure):
        axes = figure.subplots(2, n_images, squeeze=False)
        _draw(result, axes, n_images)

    return [Picture("Test images and their maps", alt, draw, size)]


def _draw(result, ax, n_images):
    several = {} if n_images is None else {"n_images": n_images}
    _audit.SaliencyDisplay.from_maps(result, ax=ax, **several)


PREDICTION = Check(
    name="saliency",
    title="what predictions depend on",
    section="saliency",
    question="What do its predictions depend on?",
    run=run_prediction,
    pictures=pictures,
    judged=False,
)
UNCERTAINTY = Check(
    name="uncertainty_saliency",
    title="what the uncertainty depends on",
    section="saliency",
    question="What does its uncertainty depend on?",
    run=run_uncertainty,
    pictures=pictures,
    judged=False,
)
SANITY = Check(
    name="saliency_sanity_check",
    title="sanity of the maps",
    section="saliency",
    question="Do these maps show what was learned?",
    run=run_sanity,
    meaning=(
        "The maps above would look alike if the model had learned nothing: do not "
        "explain its predictions by them."
    ),
)
