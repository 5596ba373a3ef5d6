"""Which kinds a survey has, and whether each has what its name says."""

import numpy as np
import pytest
from scipy import stats

from skbal.datasets._galaxies._population import N_UNIFORM, population
from skbal.datasets._galaxies._survey._kinds import (
    ARTIFACTS,
    N_ADDED,
    SHARES,
    kinds_of,
    survey_population,
)

RNG = np.random.default_rng(1)
UNIFORM = RNG.random((20_000, N_UNIFORM))
KINDS, MANY = survey_population(UNIFORM, RNG.random((20_000, N_ADDED)))
NAMES = np.array(list(SHARES))


def test_the_shares_sum_to_one_and_the_kinds_have_them():
    assert sum(SHARES.values()) == pytest.approx(1)
    observed = np.array([(name == KINDS).sum() for name in SHARES])
    expected = 20_000 * np.array(list(SHARES.values()))
    assert stats.chisquare(observed, expected).pvalue > 1e-4


def test_the_edges_of_the_shares_belong_to_the_next_kind():
    edge = np.nextafter(0.25, 0)
    assert kinds_of(np.array([0.0, edge, 0.25, 1 - 1e-12])).tolist() == [
        "elliptical", "elliptical", "lenticular", "frame edge",
    ]  # fmt: skip


def shows(name):
    """Return whether each image has a part of its own."""
    return MANY[name] != 0


@pytest.mark.parametrize(
    ("part", "kinds"),
    [
        ("boxiness", ["elliptical", *ARTIFACTS]),
        ("twist", ["elliptical", *ARTIFACTS]),
        ("ring_fraction", ["ring"]),
        ("second_fraction", ["merger"]),
        ("tail_fraction", ["merger"]),
        ("is_edge_on", ["edge-on"]),
        ("dust_depth", ["edge-on"]),
        ("has_trail", ["satellite trail"]),
        ("has_bright_star", ["bright star"]),
        ("has_frame_edge", ["frame edge"]),
    ],
)
def test_only_these_kinds_have_this_part(part, kinds):
    assert set(KINDS[shows(part)]) == set(kinds)
    # An artefact lies over an elliptical or a spiral.
    own = np.isin(KINDS, [kind for kind in kinds if kind not in ARTIFACTS] or kinds)
    assert shows(part)[own].all()


def test_bars_are_in_all_barred_spirals_and_some_lenticulars_and_rings():
    barred = MANY["bar_fraction"] > 0
    assert barred[KINDS == "barred"].all()
    share = barred[KINDS == "lenticular"].mean()
    assert share == pytest.approx(0.3, abs=0.04)  # four standard deviations of .0079
    assert barred[KINDS == "ring"].mean() == pytest.approx(0.5, abs=0.1)
    others = ~np.isin(KINDS, ["barred", "lenticular", "ring"])
    assert not barred[others].any()
    discs = MANY["is_disc"] & np.isin(
        KINDS, ["lenticular", "spiral", "flocculent", "barred", "ring"]
    )
    # Masters et al. (2011): 29.4 %
    assert barred[discs].mean() == pytest.approx(0.3, abs=0.02)


def test_discs_from_the_side_and_from_above():
    inclination = MANY["inclination"]
    assert inclination[KINDS == "edge-on"].min() > 84
    assert inclination[np.isin(KINDS, ["spiral", "barred"])].max() < 79
    # 40 % of the galaxies under artefacts are ellipticals.
    hosts = MANY["is_disc"][np.isin(KINDS, ARTIFACTS)]
    assert hosts.mean() == pytest.approx(0.6, abs=0.1)


def test_lenticulars_have_bulges_but_no_arms():
    lenticular, spiral = KINDS == "lenticular", KINDS == "spiral"
    assert not MANY["arm_strength"][lenticular].any()
    assert (MANY["arm_strength"][spiral] > 0).all()
    bulge = MANY["bulge_fraction"]
    assert bulge[lenticular].min() >= 0.25
    assert bulge[lenticular].mean() > bulge[spiral].mean() + 0.1


def test_the_parts_of_the_light_leave_some_for_the_galaxy():
    parts = ("ring", "clump", "second", "tail")
    apart = sum(MANY[f"{part}_fraction"] for part in parts)
    assert apart.min() >= 0
    assert apart.max() < 0.75


def test_magnitudes_and_places_are_those_of_the_plain_population():
    plain = population(UNIFORM)
    for name in ("x", "y", "position_angle", "n_arms", "pitch_angle"):
        np.testing.assert_array_equal(MANY[name], plain[name])
    irregular = KINDS == "irregular"
    np.testing.assert_array_equal(
        MANY["magnitude"][~irregular], plain["magnitude"][~irregular]
    )
    assert (MANY["magnitude"][irregular] >= plain["magnitude"][irregular]).all()


def test_companions_are_poisson():
    for name, mean in (("n_stars", 1.0), ("n_small_galaxies", 2.0)):
        numbers = MANY[name]
        # The variances of the mean and of the variance are mean / n and about
        # (mean + 2 mean^2) / n.
        assert numbers.mean() == pytest.approx(mean, abs=5 * np.sqrt(mean / 20_000))
        spread = np.sqrt((mean + 2 * mean**2) / 20_000)
        assert numbers.var() == pytest.approx(mean, abs=5 * spread)


def test_the_sky_slopes_both_ways():
    for name in ("sky_slope_x", "sky_slope_y"):
        assert stats.kstest(MANY[name] / 0.05, "norm").pvalue > 1e-4
