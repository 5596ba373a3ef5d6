from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from skbal.experiments import Measure, Published, Reproduction
from skbal.experiments._declared._order import order_in_words, orders_of
from tests.experiments._declared.toy import COINS, heads

THEIRS = {"a": 10, "b": 20, "c": 30, "d": 40}
DICE = replace(
    COINS,
    arms=dict.fromkeys("abcd"),
    measures=(Measure("heads", heads),),
    published=tuple(Published(arm, "heads", n, "Gal") for arm, n in THEIRS.items()),
    n_seeds=2,
)


def found(**values):
    units = [
        {"arm": arm, "seed": seed, "result": {"heads": value}}
        for arm, of_arm in values.items()
        for seed, value in enumerate(of_arm)
    ]
    return Reproduction(DICE, units, [])


def test_tau_counts_the_pairs_of_arms_in_the_same_order():
    ours = {"a": [4, 6], "b": [1, 3], "c": [7, 7], "d": [6, 7]}
    means = {arm: np.mean(values) for arm, values in ours.items()}
    signs = [
        np.sign(means[i] - means[j]) * np.sign(THEIRS[i] - THEIRS[j])
        for i, j in combinations("abcd", 2)
    ]
    [(source, measure, tau)] = orders_of(found(**ours))
    assert (source, measure) == ("Gal", "heads")
    assert tau == pytest.approx(np.mean(signs))
    assert "0.33 for heads of Gal" in order_in_words(found(**ours))


def test_an_arm_that_never_got_there_comes_last():
    [(*_, tau)] = orders_of(found(a=[1], b=[2], c=[3], d=[0, np.inf]))
    assert tau == 1


def test_two_arms_and_equal_arms_have_no_order():
    assert orders_of(found(a=[1], b=[2])) == []
    assert orders_of(found(a=[1], b=[1], c=[1])) == []
    assert order_in_words(found()) is None
