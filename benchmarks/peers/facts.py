"""Facts about this library and its peers, for the page "How skbal compares".

A peer runs in an environment of its own, in which nothing of skbal is needed::

    python -m venv peers
    peers/bin/pip install torch torchvision modAL-python
    peers/bin/pip install scikit-activeml baal small-text laplace-torch
    peers/bin/python -m benchmarks.peers.facts modal activeml baal small_text laplace
    python -m benchmarks.peers.facts skbal

It prints a fact a line. An error is a fact, too. torch and torchvision must come from
the same index, or baal and laplace-torch do not import. On a busy machine set
``OMP_NUM_THREADS=1``, or laplace-torch takes minutes.
"""

import argparse
import importlib
import importlib.metadata
import inspect
import pkgutil
import platform
import warnings

import numpy as np

N_DRAWS = 20


def attempt(function, *arguments):
    """Return what a function returns, or its error in one line."""
    try:
        return function(*arguments)
    except Exception as error:  # of any kind: it is what the page wants to know
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"


def broken_modules(package):
    """Return the modules of a package that do not import, each with its error."""
    broken = []
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        name = f"{package}.{module.name}"
        result = attempt(importlib.import_module, name)
        if isinstance(result, str):
            broken.append(f"{name} ({result})")
    return "; ".join(broken) or "none"


def concrete(module, base):
    """Return the names of the classes of a module that are a base, and no mere base."""
    names = getattr(module, "__all__", None) or dir(module)
    found = [(name, getattr(module, name, None)) for name in names]
    return [
        name
        for name, kind in found
        if inspect.isclass(kind)
        and issubclass(kind, base)
        and kind is not base
        and not inspect.isabstract(kind)
    ]


def digits():
    """Return 1,797 small digits, of shape (1797, 64), and their labels."""
    from sklearn.datasets import load_digits

    return load_digits(return_X_y=True)


def forest():
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(20, random_state=0)


def network():
    """Return a small network with dropout, for rows of 64 numbers and ten classes."""
    from torch import nn

    return nn.Sequential(
        nn.Linear(64, 50), nn.ReLU(), nn.Dropout(0.5), nn.Linear(50, 10)
    )


def copies_agree(draws_of):
    """Return whether two copies of a row have the same draws, as one function has."""
    X = np.repeat(digits()[0][:1] / 16, 2, axis=0).astype("float32")
    first, second = draws_of(X)
    return "yes" if np.allclose(first, second, atol=1e-5) else "no"


def cloned(estimator):
    """Return whether scikit-learn can clone an object, as its searches must."""
    from sklearn.base import clone

    clone(estimator)
    return "yes"


def modal():
    import modAL
    from modAL.models import ActiveLearner

    X, y = digits()

    def teach():
        learner = ActiveLearner(forest(), X_training=X[:50], y_training=y[:50])
        learner.query(X[50:], n_instances=5)
        learner.teach(X[50:55], y[50:55])
        return "yes"

    def is_strategy(function):
        parameters = inspect.signature(function).parameters
        return any(name.startswith("X") for name in parameters) and not {
            "n_instances",
            "random_tie_break",
        }.isdisjoint(parameters)

    def strategies():
        modules = (f"modAL.{m.name}" for m in pkgutil.iter_modules(modAL.__path__))
        loaded = [attempt(importlib.import_module, name) for name in modules]
        return {
            name
            for module in loaded
            for name, function in inspect.getmembers(module, inspect.isfunction)
            if is_strategy(function)
        }

    yield "modules that do not import", broken_modules("modAL")
    yield "strategies that import", len(strategies())
    yield "a forest is asked and taught", attempt(teach)
    yield "a learner clones", attempt(cloned, ActiveLearner(forest()))


def activeml():
    from skactiveml import base, classifier, pool, stream
    from skactiveml.classifier.multiannotator import __all__ as models
    from skactiveml.pool import multiannotator

    X, y = digits()
    known = np.where(np.arange(len(y)) < 50, y, np.nan)

    def ask():
        model = classifier.SklearnClassifier(forest(), classes=range(10))
        pool.UncertaintySampling(random_state=0).query(X, known, model, batch_size=5)
        return "yes"

    yield "modules that do not import", broken_modules("skactiveml")
    yield "strategies for pools", len(concrete(pool, base.QueryStrategy))
    yield "strategies for streams", len(concrete(stream, base.QueryStrategy))
    several = concrete(multiannotator, base.QueryStrategy)
    yield "strategies for several annotators", len(several)
    yield "models of several annotators", ", ".join(models)
    yield "a forest is taught and asked", attempt(ask)
    yield "a strategy clones", attempt(cloned, pool.UncertaintySampling())
    yield (
        "strategies with draws",
        ", ".join(name for name in pool.__all__ if "BALD" in name),
    )


def baal():
    from baal.active import heuristics
    from baal.active.heuristics import stochastics

    def draws_by(module, kind, batch_size):
        import torch
        from baal.modelwrapper import ModelWrapper, TrainingArgs

        def draws_of(X):
            stochastic = object_of(f"baal.bayesian.{module}", kind)(network()).eval()
            wrapper = ModelWrapper(stochastic, TrainingArgs())
            with torch.no_grad():
                batches = torch.from_numpy(X).split(batch_size)
                draws = [wrapper.predict_on_batch(rows, N_DRAWS) for rows in batches]
            return torch.cat(draws).numpy()

        return draws_of

    def ranks(shape):
        draws = np.random.default_rng(0).dirichlet(np.ones(3), size=shape)
        rows_classes_draws = np.moveaxis(draws, -1, 1)
        order = heuristics.BALD(reduction="mean")(rows_classes_draws)
        return "yes" if sorted(order) == list(range(shape[0])) else "no"

    base = heuristics.heuristics.AbstractHeuristic
    names = {*concrete(heuristics, base), *concrete(stochastics, base)}
    names.remove("StochasticHeuristic")  # the base of three of them
    yield "modules that do not import", broken_modules("baal")
    yield "heuristics", f"{len(names)}: {', '.join(sorted(names))}"
    yield "BALD ranks an array of draws, of a forest too", attempt(ranks, (6, N_DRAWS))
    yield "BALD ranks images by their pixels", attempt(ranks, (6, 8, 8, N_DRAWS))
    yield "a heuristic clones", attempt(cloned, heuristics.BALD())
    # Its documentation asks for batches of one row with consistent dropout.
    for module, kind, batch_size in [
        ("dropout", "MCDropoutModule", 2),
        ("consistent_dropout", "MCConsistentDropoutModule", 1),
        ("consistent_dropout", "MCConsistentDropoutModule", 2),
    ]:
        agree = attempt(copies_agree, draws_by(module, kind, batch_size))
        yield (
            f"two copies of a row have the same draws ({kind}, {batch_size} a batch)",
            agree,
        )


def small_text():
    import small_text

    X, y = digits()

    def teach():
        from scipy.sparse import csr_matrix

        data = small_text.SklearnDataset(csr_matrix(X), y)
        learner = small_text.PoolBasedActiveLearner(
            small_text.SklearnClassifierFactory(forest(), 10),
            small_text.BreakingTies(),
            data,
        )
        learner.initialize_data(np.arange(50), y[:50])
        learner.update(y[learner.query(num_samples=5)])
        return "yes"

    strategies = concrete(small_text, small_text.QueryStrategy)
    yield "modules that do not import", broken_modules("small_text")
    yield "strategies", f"{len(strategies)}: {', '.join(strategies)}"
    stopping = concrete(small_text, small_text.StoppingCriterion)
    yield "stopping criteria", ", ".join(stopping)
    yield "a forest is asked and taught", attempt(teach)
    yield "a strategy clones", attempt(cloned, small_text.BreakingTies())


def laplace():
    from laplace import Laplace

    def fitted():
        import torch
        from torch.utils.data import DataLoader, TensorDataset

        X, y = digits()
        rows = torch.from_numpy(X[:200] / 16).float()
        loader = DataLoader(TensorDataset(rows, torch.from_numpy(y[:200])), 50)
        model = network().eval()
        posterior = Laplace(
            model, "classification", subset_of_weights="all", hessian_structure="diag"
        )
        posterior.fit(loader)
        return posterior

    def draws_of(X):
        import torch

        rows = torch.from_numpy(X)
        samples = fitted().predictive_samples(rows, pred_type="nn", n_samples=N_DRAWS)
        return samples.detach().numpy().swapaxes(0, 1)

    structures = ("full", "kron", "diag", "lowrank", "gp")
    known = {
        key
        for kind in subclasses(object_of("laplace.baselaplace", "BaseLaplace"))
        for key in [getattr(kind, "_key", None)]
        if key
    }
    yield "modules that do not import", broken_modules("laplace")
    yield (
        "structures of the Hessian",
        ", ".join(name for name in structures if name in {key[1] for key in known}),
    )
    yield "subsets of the weights", ", ".join(sorted({key[0] for key in known}))
    yield "two copies of a row have the same draws", attempt(copies_agree, draws_of)


def object_of(module, name):
    return getattr(importlib.import_module(module), name)


def subclasses(kind):
    """Yield all classes below a class."""
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def skbal():
    from skbal import ActiveLearner, predict_samples, query
    from skbal.base import QueryStrategy
    from skbal.models import MCDropoutClassifier

    X, y = digits()

    def teach():
        learner = ActiveLearner(forest(), query.BALD(), X[:50], y[:50])
        rows = learner.query(X[50:], n_instances=5)[1]
        learner.teach(rows, y[50:55])
        return "yes"

    def draws_of(rows):
        model = MCDropoutClassifier(max_steps=5, n_draws=N_DRAWS, random_state=0)
        return predict_samples(model.fit(X[:200] / 16, y[:200]), rows, random_state=0)

    yield "modules that do not import", broken_modules("skbal")
    yield "strategies", len(concrete(query, QueryStrategy))
    yield "a forest is asked and taught", attempt(teach)
    yield "a learner clones", attempt(cloned, ActiveLearner(forest()))
    yield "two copies of a row have the same draws", attempt(copies_agree, draws_of)


PEERS = {
    "skbal": (skbal, "skbal"),
    "modal": (modal, "modAL-python"),
    "activeml": (activeml, "scikit-activeml"),
    "baal": (baal, "baal"),
    "small_text": (small_text, "small-text"),
    "laplace": (laplace, "laplace-torch"),
}
BESIDE = ("scikit-learn", "numpy", "torch", "skorch")


def versions(names):
    """Return names and versions of the packages that are installed."""
    installed = {
        d.metadata["Name"]: d.version for d in importlib.metadata.distributions()
    }
    return ", ".join(f"{name} {installed[name]}" for name in names if name in installed)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("peers", nargs="+", choices=PEERS, help="libraries to look at")
    warnings.simplefilter("ignore")
    for peer in parser.parse_args().peers:
        facts, package = PEERS[peer]
        print(versions([package, *BESIDE]), "Python", platform.python_version())
        found = attempt(lambda: list(facts()))  # noqa: B023
        for name, value in [("error", found)] if isinstance(found, str) else found:
            print(f"  {name}: {value}")


if __name__ == "__main__":
    main()
