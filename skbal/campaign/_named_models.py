"""Models that the command line makes by name, with the features that items need."""

from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skbal.features import GradientHistograms, PoolGraph
from skbal.models import GraphClassifier
from skbal.votes import VoteAllocation

MODELS = ("none", "forest", "graph", "allocation")
_N_TREES = 200


def named_model(name, kind):
    """Return an estimator for the items of a campaign.

    Parameters
    ----------
    name : {"none", "forest", "graph", "allocation"}
        The model.
    kind : dict
        How the items are stored, as `check_items` says.

    Returns
    -------
    estimator : estimator or None
        It is plain data, so the campaign makes it again from its database.

    Raises
    ------
    ValueError
        If there is no such model, or it does not suit the items.

    Examples
    --------
    >>> named_model("forest", {"kind": "text"}).steps[0]
    ('tfidfvectorizer', TfidfVectorizer())
    """
    if name not in MODELS:
        raise ValueError(f"model must be one of {', '.join(MODELS)}, got {name!r}.")
    if name == "none":
        return None
    features = _features(kind, is_linear=name == "allocation")
    if name == "graph":
        if kind["kind"] in ("text", "frame"):
            raise ValueError(
                "The model graph needs images or an array of numbers, and the items "
                f"are {'texts' if kind['kind'] == 'text' else 'a table'}. Use forest."
            )
        return GraphClassifier(PoolGraph(features))
    if name == "forest":
        return _after(features, RandomForestClassifier(_N_TREES))
    return VoteAllocation(_after(features, LogisticRegression(max_iter=1000)))


def _after(features, estimator):
    return estimator if features is None else make_pipeline(features, estimator)


def _features(kind, is_linear):
    """Return the transformer that makes numbers of items, or None."""
    if kind["kind"] == "text":
        return TfidfVectorizer()
    # A forest takes missing values and any units as they are.
    numbers = _filled_and_scaled() if is_linear else None
    if kind["kind"] == "frame":
        pairs = zip(kind["columns"], kind["dtypes"])
        words = [name for name, dtype in pairs if not _is_number(dtype)]
        if not words:
            return numbers
        encoder = OneHotEncoder(handle_unknown="ignore")
        rest = "passthrough" if numbers is None else numbers
        return make_column_transformer((encoder, words), remainder=rest)
    is_image = kind["kind"] == "files" or len(kind["shape"]) > 1
    return GradientHistograms() if is_image else numbers


def _filled_and_scaled():
    return make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler())


def _is_number(dtype):
    return dtype.lower().startswith(("int", "uint", "float", "bool"))
