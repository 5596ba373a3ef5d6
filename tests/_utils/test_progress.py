"""What a progress bar may be asked for."""

import numpy as np
import pytest

from skbal._utils.progress import verbose_rule


@pytest.mark.parametrize("value", [0, 1, True, np.True_, "BALD"])
def test_numbers_flags_and_titles_are_taken(value):
    verbose_rule(value, "verbose", "ActiveLearningLoop")


@pytest.mark.parametrize("value", [None, 0.5, ["BALD"]])
def test_all_else_is_refused(value):
    with pytest.raises(TypeError, match="verbose of ActiveLearningLoop must be"):
        verbose_rule(value, "verbose", "ActiveLearningLoop")
