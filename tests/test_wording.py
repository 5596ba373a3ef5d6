"""Shared parameters are described in the same words, in whole sentences."""

import ast
import importlib
import inspect
import re
from pathlib import Path

from numpydoc.docscrape import ClassDoc, FunctionDoc

import skbal
from skbal import query
from skbal.experiments import compare
from tests.test_public_api import PUBLIC

FITTED = {"predict", "predict_proba", "predict_samples", "predict_votes", "transform"}
FITTED |= {"predict_interval", "predict_concentration", "covariance_factor"}

N_DRAWS = "Number of posterior draws. ``None`` uses the estimator's own number."
BATCH_SIZE = (
    "Number of rows predicted at once. ``None`` chooses it so that temporaries stay "
    "near 64 MB."
)
N_JOBS = (
    "Number of parallel joblib workers. ``None`` means 1 unless in a "
    "`joblib.parallel_config` context."
)
SAME_OR_FRESH = "An integer gives the same draws at every call, ``None`` fresh ones."
POOL = "The unlabelled rows. Data that are not in memory are read chunk by chunk."
INITIAL = (
    "First labels. An array of indices, or an object that selects rows, such as "
    "`skbal.seeding.BalancedSeed`."
)

STRATEGIES = {
    "batch_size": BATCH_SIZE,
    "n_draws": N_DRAWS,
    "n_jobs": N_JOBS,
    "pool_subsample": (
        "Number of random rows of the pool considered by a call. ``None`` considers "
        "all rows."
    ),
    "random_state": (
        "Seeds the posterior draws and the breaking of ties. An integer makes the "
        "choice repeatable for the same estimator and pool."
    ),
    "verbose": "Whether to show a progress bar.",
}
NETWORKS = {
    "augment": (
        "Called with each training batch (a tensor), returns a batch of the same "
        "shape; see `RandomShift`."
    ),
    "batch_size": (
        "Largest number of rows in a gradient step. The batches of an epoch have "
        "nearly equal sizes."
    ),
    "callbacks": "skorch callbacks. ``callbacks__*`` sets their parameters.",
    "device": 'Device on which the network runs, for instance "cuda".',
    "image_shape": (
        "Shape (channels, height, width) or (height, width) of an image, if the rows "
        "of X are flattened images."
    ),
    "lr": "Learning rate.",
    "max_epochs": "Number of passes over the training rows.",
    "max_steps": (
        "Number of gradient steps, used instead of ``max_epochs``. Training may stop "
        "within an epoch."
    ),
    "optimizer": "A name in ``torch.optim`` or a class. ``optimizer__*`` sets its "
    "parameters.",
    "train_split": (
        "Share of the training rows that are kept for validation, for callbacks that "
        "need a validation set. They are drawn at random, the same share from each "
        "class. Or a callable as in skorch, for instance "
        "``skorch.dataset.ValidSplit(5)``."
    ),
    "verbose": "1 shows a progress bar over epochs.",
    "warm_start": (
        "Whether ``fit`` continues from the weights of the previous ``fit``."
    ),
}

# Parameters that mean something else, with what they mean.
OTHERWISE = {
    ("ActiveLearningEnv", "initial"): "no indices, since the pool is drawn anew",
    ("BADGE", "n_draws"): "draws whose mean gives the probabilities",
    ("BAIT", "n_draws"): "draws whose mean gives the probabilities",
    ("DensityWeighted", "random_state"): "no draws are made",
    ("DiversityPenalised", "random_state"): "no draws are made",
    ("FromSkactiveml.score_pool", "X_pool"): "all are read into memory",
    ("GreedySampling", "n_draws"): "not used",
    ("GreedySampling", "random_state"): "no draws are made",
    ("KCenterGreedy", "n_draws"): "not used",
    ("KCenterGreedy", "random_state"): "no draws are made",
    ("KMeansBatch", "n_draws"): "not used",
    ("KMeansBatch", "random_state"): "no draws are made",
    ("LCMD", "n_draws"): "not used",
    ("LCMD", "random_state"): "no draws are made",
    ("PerCost", "random_state"): "no draws are made",
    ("ProbCover", "n_draws"): "not used",
    ("ProbCover", "random_state"): "no draws are made",
    ("Random", "n_draws"): "not used",
    ("Random", "random_state"): "no draws are made",
    ("RelabelOrNew.score_pool", "X_pool"): "labelled rows, too",
    ("Subsampled", "random_state"): "no draws are made",
    ("TypiClust", "n_draws"): "not used",
    ("TypiClust", "random_state"): "no draws are made",
}


def public_objects():
    for module, names in PUBLIC.items():
        for name in names:
            found = getattr(importlib.import_module(module), name)
            if callable(found):
                yield found


def classes():
    return list(dict.fromkeys(c for c in public_objects() if inspect.isclass(c)))


def is_network(cls):
    names = {base.__name__ for base in cls.__mro__}
    return "NetworkEstimator" in names


def described(thing):
    """Return the descriptions of parameters, by name."""
    if inspect.isclass(thing):
        doc = ClassDoc(thing, config={"show_class_members": False})
    else:
        doc = FunctionDoc(thing)
    return {
        name: " ".join(" ".join(lines).split())
        for names, _, lines in doc["Parameters"]
        for name in names.split(", ")
    }


def methods(names):
    """Give the public methods of these names that have a docstring of their own."""
    for cls in classes():
        for name in sorted(names):
            method = vars(cls).get(name)
            for base in cls.__mro__ if method is None else ():
                method = method or vars(base).get(name)
            if inspect.isfunction(method) and method.__doc__:
                yield method


def cases():
    for cls in classes():
        shared = {}
        if cls.__name__ in query.__all__:
            shared = STRATEGIES
        elif is_network(cls):
            shared = NETWORKS
        for name, words in shared.items():
            yield cls, name, words
    for cls in classes():
        yield cls, "initial", INITIAL
        if cls.__module__.startswith("skbal.filters"):
            yield cls, "batch_size", BATCH_SIZE
    for method in dict.fromkeys(methods({"predict_samples"})):
        yield method, "n_draws", N_DRAWS
        yield method, "random_state", SAME_OR_FRESH
    for method in dict.fromkeys(methods({"score_pool", "__call__"})):
        yield method, "X_pool", POOL
    for method in dict.fromkeys(methods(FITTED)):
        yield method, "X", "Rows of the form passed to ``fit``."
    yield compare, "initial", INITIAL
    yield skbal.predict_samples, "batch_size", BATCH_SIZE
    yield skbal.predict_samples, "n_draws", N_DRAWS
    yield skbal.predict_samples, "n_jobs", N_JOBS


CASES = [
    (thing, name, words)
    for thing, name, words in cases()
    if name in described(thing) and (thing.__qualname__, name) not in OTHERWISE
]


def test_a_shared_parameter_is_described_in_the_same_words():
    assert len(CASES) > 200
    for thing, name, words in CASES:
        found = described(thing)[name][: len(words)]
        assert found == words, f"{name} of {thing.__qualname__}"


def test_the_exceptions_are_parameters():
    things = [*classes(), *methods({"score_pool"})]
    names = {thing.__qualname__: described(thing) for thing in things}
    assert all(parameter in names[cls] for cls, parameter in OTHERWISE)


PACKAGE = Path(skbal.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
FRAGMENT = re.compile(r"^\s*(Of the|Of how|Of which|Whose|Who)\b")


def fragments(path):
    """Give the lines of docstrings that begin in the middle of a sentence."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
        doc = ast.get_docstring(node) if isinstance(node, kinds) else None
        yield from (line for line in (doc or "").splitlines() if FRAGMENT.match(line))


def test_no_line_of_a_docstring_begins_like_a_fragment():
    found = {str(path): list(fragments(path)) for path in FILES}
    assert {path: lines for path, lines in found.items() if lines} == {}
