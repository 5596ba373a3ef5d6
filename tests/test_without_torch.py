"""Without torch, everything but networks works; `.ci/no_torch` runs these tests."""

import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import skbal.models
from skbal import ActiveLearningClassifier, predict_samples
from skbal._utils.threads import uses_torch

README = Path(__file__).parents[1] / "README.md"
INSTALL = "pip install torch skorch safetensors"
MODULES = ["DropoutMLP", "GalCNN", "GalaxyCNN"]
TRANSFORMS = [
    name
    for name in skbal.models.__all__
    if name.startswith("Random") or name in ("Compose", "ElasticDeformation")
]
ESTIMATORS = sorted({*skbal.models.__all__} - {*MODULES, *TRANSFORMS})
WITH_A_STUDENT = "DistilledClassifier"  # which is a network by default
NETWORKS = [
    name
    for name in ESTIMATORS
    if uses_torch(getattr(skbal.models, name)) or name == WITH_A_STUDENT
]

pytestmark = pytest.mark.skipif(
    find_spec("torch") is not None, reason="torch is installed here"
)


def test_the_examples_of_the_readme_run_but_for_the_networks(capsys):
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.S)
    names, n_run = {}, 0
    for block in blocks:
        code = compile(block, str(README), "exec")
        if "MCDropout" in block:
            with pytest.raises(ImportError, match=INSTALL):
                exec(code, names)
        else:
            exec(code, names)
            n_run += 1
    assert n_run >= 3
    assert capsys.readouterr().out.startswith("20 ")


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_says_what_to_install(name):
    network = getattr(skbal.models, name)()
    X = np.arange(20.0).reshape(10, 2)
    votes = np.c_[np.arange(10) % 3, np.full(10, 4)]
    with pytest.raises(ImportError, match=INSTALL):
        network.fit(X, votes if "Vote" in name else np.arange(10) % 2)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_says_what_to_install(name):
    with pytest.raises(ImportError, match=INSTALL):
        getattr(skbal.models, name)


def test_a_run_with_a_network_says_what_to_install():
    run = ActiveLearningClassifier(skbal.models.MCDropoutClassifier(), n_queries=1)
    with pytest.raises(ImportError, match=INSTALL):
        run.fit(np.arange(60.0).reshape(30, 2), np.arange(30) % 2)


@pytest.mark.parametrize("name", sorted({*ESTIMATORS} - {*NETWORKS}))
def test_what_is_no_network_draws(name):
    estimator = getattr(skbal.models, name)()
    X = np.arange(20.0).reshape(10, 2)
    votes = np.c_[np.arange(10) % 3, np.full(10, 4)]  # k of N
    if name == "VoteMixtureRegression":
        votes = np.c_[votes, np.arange(10) % 2]  # counts of three answers
    classes = np.array([0, 0, 0, 1, 0, 1, 0, 1, 1, 1])  # hard, but not hopeless
    estimator.fit(X, votes if "Vote" in name else classes)
    assert predict_samples(estimator, X, 3, random_state=0).shape[:2] == (10, 3)
