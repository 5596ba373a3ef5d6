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
        ({"name": None}, "lower-case letters, digits and -, got None"),
        ({"n_seeds": 0}, "n_seeds of Experiment 'coins' must be"),
        ({"quick": {"n_seeds": 0}}, "n_seeds in quick of Experiment 'coins' must be"),
        ({"arms": {}}, "arms of Experiment 'coins' must be a dict of names, got none"),
        # Only the last of them would be read, under both headings.
        ({"measures": (Measure("x", heads),) * 2}, "'fair' has two of the name 'x'"),
        ({"published": (Published("fair", "more", 1, "A"),)}, "does not have 'more'"),
        ({"published": (Published("fair", "heads", 1, "A"),) * 2}, "fair, heads, A"),
    ],
)
def test_a_wrong_declaration_is_named(wrong, message):
    given = {"published": (), **wrong}
    with pytest.raises(ValueError, match=message):
        replace(COINS, **given)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"arms": ["fair"]}, r"arms of .* must be a dict of names, got \['fair'\]"),
        ({"arms": {0.5: None}}, "names, which are strings, got 0.5"),
        ({"measures": Measure("x", heads)}, "must be a tuple of Measure, got Measure"),
        ({"published": [3]}, "published of .* must be a tuple of Published, got 3"),
        ({"claims": "none"}, "claims of .* must be a tuple of Claim, got 'none'"),
        ({"settings": {"n": len}}, r"got <built-in function len> .* in \['n'\]"),
        ({"settings": {"n": [{1: 2}]}}, r"the key 1 that is no string in \['n'\]\[0"),
        ({"quick": {"n_throws": {1}}}, r"quick of .* plain data .* got \{1\} \(set\)"),
    ],
)
def test_a_declaration_of_the_wrong_kind_is_named(wrong, message):
    with pytest.raises(TypeError, match=message):
        replace(COINS, **{"published": (), **wrong})
