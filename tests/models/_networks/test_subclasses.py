"""Classes of the user's own, defined in a script, run the same on any workers."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import warnings

import numpy as np
from skbal import models
from skbal.experiments import compare
from skbal.query import BALD, PredictiveVariance, VoteBALD

warnings.simplefilter("ignore")


class DropoutClasses(models.MCDropoutClassifier):
    pass


class DropoutNumbers(models.MCDropoutRegressor):
    pass


class DropoutVotes(models.MCDropoutVoteRegressor):
    pass


class EnsembleOfClasses(models.DeepEnsembleClassifier):
    pass


class EnsembleOfNumbers(models.DeepEnsembleRegressor):
    pass


class EnsembleOfVotes(models.DeepEnsembleVoteRegressor):
    pass


def history(model, strategy, y, n_jobs):
    comparison = compare(
        [strategy], model, X, y, n_repeats=1, n_queries=1, n_jobs=n_jobs, random_state=0
    )
    return comparison.to_frame().filter(regex="^(?!seconds)")


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 30)).astype(np.float32)
    yes = np.round(4 + X[:, 0]).clip(0, 9)
    for strategy, y, classes in [
        (BALD(), (yes > 4).astype(int), (DropoutClasses, EnsembleOfClasses)),
        (PredictiveVariance(), yes, (DropoutNumbers, EnsembleOfNumbers)),
        (VoteBALD(), np.stack([yes, [9] * 120], 1), (DropoutVotes, EnsembleOfVotes)),
    ]:
        for cls, few in zip(classes, ("n_draws", "n_members")):
            size = {few: 3, "module__hidden_units": (200, 200)}
            model = cls(max_steps=4, random_state=0, **size)
            alone, workers = (history(model, strategy, y, jobs) for jobs in (1, 2))
            assert alone.equals(workers), (cls, alone, workers)
            print(cls.__name__)
"""


@pytest.mark.slow
def test_a_subclass_in_a_script_has_one_history_for_any_workers(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    # As many threads as torch and NumPy like, as in a user's process.
    threads = {name: v for name, v in os.environ.items() if "NUM_THREADS" not in name}
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, env=threads
    )
    assert len(done.stdout.split()) == 6, done.stderr
