"""Each rule takes what it promises, and names the parameter of what it refuses."""

import numpy as np
import pytest

from skbal._utils.parameters import (
    check_parameters,
    count,
    either,
    flag,
    having,
    jobs,
    memory,
    option,
    own,
    positive,
    real,
    rules_of,
    seed,
)


def even(value, name, owner):
    if value % 2:
        raise ValueError(f"{name} of {owner} must be even, got {value}.")


CASES = [
    (count(1), [1, 5, np.int64(2)], [0, -1, 1.5, "1", True, None, [1]]),
    (count(0, none=True), [0, None], [-1, "many"]),
    (real(0), [0, 1.5, np.float32(2)], [-1e-9, np.nan, np.inf, "1", True, None]),
    (real(0, 1), [0, 1, 0.5], [1.1, -0.1]),
    (real(none=True), [None, -7.5], [np.inf, "x"]),
    (positive(), [1e-300, 2, np.float32(0.5)], [0, 0.0, -1, np.inf, np.nan, "1", None]),
    (option("full", "diagonal"), ["full", "diagonal"], ["Full", None, 3, ["full"]]),
    (option("evidence", None), ["evidence", None], ["no", np.zeros(2)]),
    (flag(), [True, False, 0, 1, np.True_], ["no", 2, None, [True], np.nan, 0.5]),
    (jobs(), [None, 1, -1, 8], [0, 1.5, "2", True]),
    (seed(), [None, 3, np.random.default_rng(0)], [-1, 2**32, "0", 1.5, True]),
    (memory(), [1, "1GB", "64 MiB"], ["plenty", 0, 1.5, None, True]),
    (having("fit", example="X()", none=True), [None], [2.5, 3, "fit"]),
    (
        either(option("dynamic"), real(0, 1)),
        ["dynamic", 0.5, 0],
        ["static", 1.5, None, [0.1]],
    ),
    (own(even, "even", 3, none=True), [2, None], [3]),
]


@pytest.mark.parametrize(("rule", "good", "bad"), CASES, ids=lambda x: str(x)[:30])
def test_a_rule_takes_the_good_and_names_the_bad(rule, good, bad):
    for value in good:
        rule(value, "size", "Model")
    for value in [*bad, rule.invalid]:
        with pytest.raises((TypeError, ValueError), match=r"^\w+ of Model must"):
            rule(value, "size", "Model")


def test_a_generator_is_not_moved_by_the_check():
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    seed()(rng, "random_state", "Model")
    assert rng.bit_generator.state == before


def test_having_refuses_the_class_itself():
    class Fits:
        def fit(self):
            pass

    rule = having("fit", example="Fits()")
    rule(Fits(), "estimator", "Model")
    with pytest.raises(TypeError, match="got the class Fits"):
        rule(Fits, "estimator", "Model")


def test_a_subclass_inherits_and_replaces_rules():
    class Base:
        _parameter_rules = {"n_draws": count(1), "lr": real(0)}

    class Model(Base):
        _parameter_rules = {"n_draws": count(2)}
        n_draws, lr = 1, 0.5

    assert set(rules_of(Model)) == {"n_draws", "lr"}
    with pytest.raises(ValueError, match="n_draws of Model must be an integer >= 2"):
        check_parameters(Model())


def test_a_class_without_rules_passes():
    check_parameters(object())
