"""A name in a file means the item that people would think of, or none."""

import pytest

from skbal.campaign._formats._names import ItemNames
from tests.campaign.small import make


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    given = ["a/x.png", "b/x.png", "b/y.fits.gz", "z", "J12.5+3", "1", "a?b", ""]
    with make(tmp_path_factory.mktemp("names"), "one", names=given) as campaign:
        yield ItemNames(campaign)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("a/x.png", 0), ("x.png", None), ("x", None), ("c/x.png", None),
        ("y.fits.gz", 2), ("y", 2), ("https://x.org/data/y.fits?size=3", 2),
        ("C:\\images\\z.jpg", 3), ("J12.5+3", 4), ("J12.5+3.jpeg", 4), ("J12", None),
        ("1", 5), (1, 5), ("1.png", 5), ("1.5", None), ("01", None), ("a?b", 6),
        ("", 7), ("nothing", None),
    ],
)  # fmt: skip
def test_a_name_is_found(names, name, number):
    assert names.find(name) == number
