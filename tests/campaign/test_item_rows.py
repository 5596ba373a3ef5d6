"""Rows come back from the database as they were given."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from skbal.campaign import Campaign
from skbal.campaign._item_rows import rows_of

NUMBERS = st.floats(allow_infinity=False, width=32) | st.floats(allow_infinity=False)
ROWS = st.lists(
    st.tuples(NUMBERS, st.integers(-(2**63), 2**63 - 1), st.booleans()),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=15)
@given(ROWS)
def test_numbers_of_a_data_frame_keep_every_digit(tmp_path_factory, rows):
    frame = pd.DataFrame(rows, columns=["flux", "id", "is_star"])
    with np.errstate(over="ignore"):
        frame["single"] = frame["flux"].astype(np.float32)
    frame["single"] = frame["single"].where(np.isfinite(frame["single"]))
    frame["missing"] = frame["flux"].astype("Float64")
    url = tmp_path_factory.mktemp("rows") / "a.db"
    with Campaign.create(url, frame, ["yes", "no"]) as campaign:
        found = rows_of(campaign.store, campaign.settings.items, np.arange(len(rows)))
    pd.testing.assert_frame_equal(found, frame, check_exact=True)
