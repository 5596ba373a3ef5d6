import numpy as np
import pytest

from skbal._utils.rho import (
    check_concentration,
    check_level,
    check_rho,
    concentration_of_rows,
)

N_ROWS, N_QUESTIONS = 4, 3


def test_the_ends_of_the_unit_interval_are_probabilities():
    check_rho(np.array([0.0, 1.0]), "vote_bald")


@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.nan])
def test_rho_outside_of_the_unit_interval_is_refused(wrong):
    with pytest.raises(ValueError, match="given to vote_bald must be probabilities"):
        check_rho(np.array([0.5, wrong]), "vote_bald")


@pytest.mark.parametrize(
    "concentration",
    [None, 2, np.inf, np.ones(N_QUESTIONS), np.ones((N_ROWS, N_QUESTIONS))],
)
def test_valid_concentrations_are_returned(concentration):
    checked = check_concentration(concentration, (N_ROWS, N_QUESTIONS), "audit")
    if concentration is None:
        assert checked is None
    else:
        np.testing.assert_array_equal(checked, concentration)


@pytest.mark.parametrize("wrong", [0, -1.0, np.nan, [1, 0, 1]])
def test_a_concentration_that_is_not_above_0_is_refused(wrong):
    with pytest.raises(ValueError, match="concentration of audit must be"):
        check_concentration(wrong, (N_ROWS, N_QUESTIONS), "audit")


def test_the_message_about_a_wrong_shape_names_rows_and_questions():
    with pytest.raises(ValueError, match=r"4 rows and 3 questions, got shape \(4,\)"):
        check_concentration(np.ones(4), (N_ROWS, N_QUESTIONS), "audit")


@pytest.mark.parametrize("wrong", ["2", [None], True])
def test_a_concentration_that_is_no_number_is_refused(wrong):
    with pytest.raises(TypeError, match="concentration of audit must be"):
        check_concentration(wrong, (N_ROWS, N_QUESTIONS), "audit")


@pytest.mark.parametrize("wrong", [0, 1, -0.5, 95, np.nan])
def test_a_level_that_is_not_inside_of_the_unit_interval_is_refused(wrong):
    with pytest.raises(ValueError, match="level of predict_interval must be"):
        check_level(wrong, "predict_interval")


def test_only_concentrations_per_row_are_cut_into_rows():
    per_row = np.arange(12.0).reshape(N_ROWS, N_QUESTIONS)
    np.testing.assert_array_equal(
        concentration_of_rows(per_row, slice(1, 3)), per_row[1:3]
    )
    for same_for_all in (None, 2.0, np.ones(N_QUESTIONS)):
        assert concentration_of_rows(same_for_all, slice(1, 3)) is same_for_all
