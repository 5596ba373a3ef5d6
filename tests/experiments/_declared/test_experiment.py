from dataclasses import replace

import pytest

from skbal.experiments import Measure, Published
from tests.experiments._declared.toy import COINS, heads


def test_the_quick_size_changes_only_what_it_names():
    assert COINS.sized() == {"n_throws": 100, "odd": [1, 3]}
    assert COINS.sized(quick=True) == {"n_throws": 10, "odd": [1, 3]}
    assert (len(COINS.units()), len(COINS.units(quick=True))) == (6, 4)


def test_a_measure_against_an_arm_is_not_of_that_arm():
    more = Measure("more", heads, versus="fair", arms=("fair", "bent"))
    assert [more.belongs_to(arm) for arm in ("fair", "bent", "other")] == [
        False, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"published": (Published("fare", "heads", 1, "A"),)}, "one of its arms"),
        ({"published": (Published("fair", "tails", 1, "A"),)}, r"\(heads, more\)"),
        ({"measures": (Measure("more", heads, "fare"),)}, r"got \['fare'\] in 'more'"),
        ({"measures": (Measure("x", heads, arms=("a",)),)}, r"got \['a'\] in 'x'"),
        ({"quick": {"n_trows": 1}}, r"\(n_throws, odd and n_seeds\), got .*n_trows"),
        ({"name": "Gal 2017"}, "lower-case letters, digits and -, got 'Gal 2017'"),
        ({"n_seeds": 0}, "n_seeds of Experiment 'coins' must be"),
    ],
)
def test_a_wrong_declaration_is_named(wrong, message):
    given = {"published": (), **wrong}
    with pytest.raises(ValueError, match=message):
        replace(COINS, **given)
