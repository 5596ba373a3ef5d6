from numpy.testing import assert_array_equal

from skbal.query import BALD
from tests.information.arrays import HAND
from tests.query.fakes import TableSampler, numbered


def test_bald_passes_over_rows_where_the_draws_agree_to_be_unsure():
    assert_array_equal(BALD(random_state=0)(TableSampler(HAND[:3]), numbered(3)), [2])
