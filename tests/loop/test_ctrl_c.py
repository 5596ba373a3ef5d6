"""A Ctrl-C at any moment of a loop with a network ends the call, and changes nothing.

Many moments take minutes: ``python -m tests.loop.test_ctrl_c 3000`` tries that many and
prints how many were swallowed, and how many runs ended otherwise.
"""

import random
import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest
import torch
from sklearn import get_config
from sklearn.datasets import load_iris
from torch.overrides import _get_current_function_mode_stack
from torch.utils._python_dispatch import _get_current_dispatch_mode_stack

from skbal import ActiveLearner
from skbal.loop import ActiveLearningLoop
from skbal.models import MCDropoutClassifier
from skbal.oracles import LabelOracle
from skbal.query import BALD

X, Y = load_iris(return_X_y=True)
X, Y = X[::2].astype(np.float32), Y[::2]
FIRST = np.arange(0, 75, 8)

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="this system has no timer signals"
)


def new_loop():
    network = MCDropoutClassifier(
        module__hidden_units=(8,), max_epochs=2, n_draws=4, random_state=0
    )
    learner = ActiveLearner(network, BALD(random_state=0))
    return ActiveLearningLoop(
        learner, X, LabelOracle(Y), X_test=X, y_test=Y, initial=FIRST, n_queries=2
    )


def outcome(loop):
    """Return what must not depend on an interruption."""
    learner = loop.learner
    return (
        [(r.step, r.n_labels, r.score, r.indices, r.cost) for r in loop.history_],
        learner.indices_training.tolist(),
        learner.predict_proba(X).tolist(),
        loop.remaining_.tolist(),
        (loop.oracle.n_asked, loop.stop_reason_),
    )


def left_behind():
    """Return what an interrupted pass could leave in this process."""
    return (
        # One that is off does nothing.
        [mode for mode in _get_current_function_mode_stack() if mode.on],
        [mode for mode in _get_current_dispatch_mode_stack() if mode.on],
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        torch.get_num_threads(),
        torch.get_rng_state().tolist(),
        get_config(),
    )


class Timer:
    """Presses Ctrl-C once, some seconds after the block began."""

    def __init__(self, seconds):
        self.seconds, self.fired = seconds, False

    def __enter__(self):
        # A process in the background is deaf to Ctrl-C.
        self.ctrl_c = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.alarm = signal.signal(signal.SIGALRM, self._press)
        signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def _press(self, number, frame):
        self.fired = True
        signal.raise_signal(signal.SIGINT)

    def __exit__(self, *error):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self.alarm)
        signal.signal(signal.SIGINT, self.ctrl_c)


def interrupted(seconds):
    """Return a loop that went on after a Ctrl-C, and what became of the Ctrl-C.

    It is "reported", "too late", or "swallowed".
    """
    loop, timer, reported = new_loop(), Timer(seconds), False
    try:
        with timer:
            loop.run()
    except KeyboardInterrupt:
        reported = True
    loop.run()
    if not timer.fired:
        return loop, "too late"
    return loop, "reported" if reported else "swallowed"


def tried(n_tries):
    """Return how many tries were of each kind, and what else was wrong."""
    new_loop().run()  # loads what is loaded once
    begin = time.perf_counter()
    expected, clean = outcome(new_loop().run()), left_behind()
    duration = time.perf_counter() - begin
    moments, kinds, wrong = random.Random(0), {}, []
    for _ in range(n_tries):
        seconds = moments.uniform(1e-4, duration)
        try:
            loop, kind = interrupted(seconds)
        except Exception as error:
            kind = "broken"
            wrong.append((seconds, repr(error)))
        else:
            if outcome(loop) != expected:
                wrong.append((seconds, "another history"))
            if left_behind() != clean:
                wrong.append((seconds, "a process that is not as before"))
        kinds[kind] = kinds.get(kind, 0) + 1
    return kinds, wrong


@pytest.mark.slow
@pytest.mark.skipif(
    threading.current_thread() is not threading.main_thread(),
    reason="signals reach the main thread only",
)
def test_a_ctrl_c_at_any_moment_changes_nothing():
    kinds, wrong = tried(25)
    assert wrong == []
    assert kinds["reported"] >= 10
    assert set(kinds) <= {"reported", "too late"}


def main(n_tries):
    """Try a number of moments and print what became of them."""
    warnings.simplefilter("ignore")
    kinds, wrong = tried(n_tries)
    sys.stdout.write(f"{kinds}, {len(wrong)} with another end: {wrong[:5]}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
