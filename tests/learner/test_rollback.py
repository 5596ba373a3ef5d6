"""Either all of a change happens or none of it."""

import sys
import threading
from types import SimpleNamespace

import pytest
from sklearn import get_config, set_config
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal.learner._rollback import Change, set_attributes, undo


class NotCopied:
    """Copies of it are itself, as for a module or an instance kept only once."""

    state = "before"

    def __deepcopy__(self, memo):
        return self


def holder(estimator=None):
    return SimpleNamespace(estimator=estimator, _undo=None, _changes=False, rows=3)


def break_after(learner, change, error=ValueError):
    """Change a learner's estimator, and fail."""
    with Change(learner) as block:
        block.protect_estimator()
        change()
        raise error


def test_a_change_that_ends_stays_done():
    learner = holder(LogisticRegression())
    with Change(learner) as change:
        change.protect_estimator()
        learner.estimator.coef_ = 2
        change.commit(rows=4)
    assert learner.estimator.coef_ == 2
    assert (learner.rows, learner._undo, learner._changes) == (4, None, False)


def test_a_change_that_does_not_commit_is_undone():
    learner = holder(LogisticRegression())
    with Change(learner) as change:
        change.protect_estimator()
        learner.estimator.coef_ = 2
    assert not hasattr(learner.estimator, "coef_")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_the_same_estimator_comes_back_in_its_old_state(error):
    estimator = make_pipeline(StandardScaler(), LogisticRegression(C=3))
    learner = holder(estimator)
    estimator[0].mean_ = [1]

    def fit():
        estimator[0].mean_.append(2)
        estimator[1].coef_ = 7

    with pytest.raises(error):
        break_after(learner, fit, error)
    assert learner.estimator is estimator
    assert estimator[0].mean_ == [1]
    assert not hasattr(estimator[1], "coef_")
    assert (learner.rows, learner._undo, learner._changes) == (3, None, False)


def test_an_estimator_that_cannot_be_copied_gets_its_attributes_back():
    learner = holder(LogisticRegression())
    learner.estimator.lock = lock = threading.Lock()
    fitted = {"lock": None, "coef_": 7}
    with pytest.raises(ValueError):
        break_after(learner, lambda: vars(learner.estimator).update(fitted))
    assert learner.estimator.lock is lock
    assert not hasattr(learner.estimator, "coef_")


def test_an_estimator_that_copies_to_itself_keeps_what_it_has():
    learner = holder(NotCopied())
    learner.estimator.state = "mine"
    with pytest.raises(ValueError):
        break_after(learner, lambda: vars(learner.estimator).update(state="changed"))
    assert learner.estimator.state == "mine"


def test_an_object_without_attributes_is_left_alone():
    learner = holder(None)
    with pytest.raises(ValueError):
        break_after(learner, lambda: None)
    assert learner.estimator is None


def test_attributes_are_set_whatever_the_class_does_when_one_is_set():
    class Strict:
        def __setattr__(self, name, value):
            raise AttributeError(name)

    strict = Strict()
    set_attributes(strict, {"a": 1})
    assert vars(strict) == {"a": 1}


def lines_of_undoing(learner, stop_at):
    """Undo, with a Ctrl-C before one of its lines; return the number of lines."""
    n_lines = 0

    def trace(frame, event, argument):
        nonlocal n_lines
        if not frame.f_code.co_filename.endswith("_rollback.py"):
            return None
        if event == "line":
            n_lines += 1
            if n_lines == stop_at:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        undo(learner)
    finally:
        sys.settrace(before)
    return n_lines


def half_changed():
    learner = holder(LogisticRegression())
    note = [(learner.estimator, dict(vars(learner.estimator)))]
    learner.filter = SimpleNamespace(memory=0)
    note.append((learner.filter, {"memory": 0}))
    learner._undo = tuple(note)
    learner.estimator.coef_ = learner.filter.memory = 7
    return learner


def test_a_second_interrupt_at_any_line_of_undoing_is_made_good_by_the_next_use():
    n_lines = lines_of_undoing(half_changed(), stop_at=0)
    assert n_lines > 3
    for line in range(1, n_lines + 1):
        learner = half_changed()
        with pytest.raises(KeyboardInterrupt):
            lines_of_undoing(learner, stop_at=line)
        with Change(learner) as change:
            assert vars(learner.estimator) == vars(LogisticRegression())
            assert learner.filter.memory == 0
            change.commit(rows=5)
        assert learner.rows == 5


def test_an_interruption_brings_back_the_settings_of_scikit_learn():
    before = get_config()
    with pytest.raises(KeyboardInterrupt):
        break_after(
            holder(LogisticRegression()),
            lambda: set_config(skip_parameter_validation=True),
            KeyboardInterrupt,
        )
    assert get_config() == before
