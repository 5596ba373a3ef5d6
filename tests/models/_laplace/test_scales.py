"""Where targets lie and how far they spread."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skbal.models._laplace._scales import location_and_scale


@settings(max_examples=20)
@given(
    n=st.integers(1, 20),
    log_scale=st.integers(-10, 10),
    log_location=st.integers(-10, 10),
    seed=st.integers(0, 100),
)
def test_scales_are_positive_and_those_of_the_columns(n, log_scale, log_location, seed):
    rng = np.random.default_rng(seed)
    y = 10.0**log_scale * rng.normal(size=(n, 3)) + 10.0**log_location
    y[:, 2] = 10.0**log_location
    location, scale = location_and_scale(y)
    assert (scale > 0).all()
    np.testing.assert_allclose(location, np.mean(y, axis=0))
    if n > 1 and log_scale >= log_location - 8:
        np.testing.assert_allclose(scale[:2], np.std(y[:, :2], axis=0))
        usual = np.sqrt(np.mean(np.var(y[:, :2], axis=0)))
        np.testing.assert_allclose(scale[2], usual)
