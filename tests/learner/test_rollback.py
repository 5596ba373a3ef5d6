"""Either all of a step happens or none of it."""

import threading

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal.learner._rollback import estimator_kept_on_error, record_kept_on_error


class Holder:
    def __init__(self, estimator=None):
        self.estimator = estimator


class NotCopied:
    """Copies of it are itself, as for a module or an instance kept only once."""

    state = "before"

    def __deepcopy__(self, memo):
        return self


def break_after(change, error=ValueError):
    change()
    raise error


def test_attributes_come_back_and_new_ones_go():
    holder = Holder("old")
    with pytest.raises(KeyError), record_kept_on_error(holder):
        break_after(lambda: vars(holder).update(estimator="new", other=1), KeyError)
    assert vars(holder) == {"estimator": "old"}


def test_without_an_error_everything_stays_done():
    holder = Holder(LogisticRegression())
    with record_kept_on_error(holder), estimator_kept_on_error(holder):
        holder.other = 1
        holder.estimator.coef_ = 2
    assert holder.other == 1
    assert holder.estimator.coef_ == 2


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_the_same_estimator_comes_back_in_its_old_state(error):
    estimator = make_pipeline(StandardScaler(), LogisticRegression(C=3))
    holder = Holder(estimator)
    estimator[0].mean_ = [1]

    def change():
        estimator[0].mean_.append(2)
        estimator[1].coef_ = 7
        holder.estimator = None

    with pytest.raises(error), estimator_kept_on_error(holder):
        break_after(change, error)
    assert holder.estimator is estimator
    assert estimator[0].mean_ == [1]
    assert not hasattr(estimator[1], "coef_")


def test_an_estimator_that_cannot_be_copied_gets_its_attributes_back():
    holder = Holder(LogisticRegression())
    holder.estimator.lock = lock = threading.Lock()
    with pytest.raises(ValueError), estimator_kept_on_error(holder):
        break_after(lambda: vars(holder.estimator).update(lock=None, coef_=7))
    assert holder.estimator.lock is lock
    assert not hasattr(holder.estimator, "coef_")


def test_an_estimator_that_copies_to_itself_keeps_what_it_has():
    holder = Holder(NotCopied())
    holder.estimator.state = "mine"
    with pytest.raises(ValueError), estimator_kept_on_error(holder):
        break_after(lambda: vars(holder.estimator).update(state="changed"))
    assert holder.estimator.state == "mine"


def test_an_object_without_attributes_is_left_alone():
    holder = Holder(None)
    with pytest.raises(ValueError), estimator_kept_on_error(holder):
        raise ValueError
    assert holder.estimator is None
