"""The note about categories that are not among the labelled rows."""

import pytest

from skbal._utils.unknown_categories import unknown_categories_explained


@pytest.mark.parametrize(
    ("error", "n_notes"),
    [
        (ValueError("Found unknown categories ['north'] in column 0"), 1),
        (ValueError("Input contains NaN"), 0),
        (TypeError("unknown categories"), 0),
    ],
)
def test_only_this_error_gets_the_note(error, n_notes):
    with pytest.raises(type(error)) as raised, unknown_categories_explained():
        raise error
    notes = getattr(raised.value, "__notes__", [])
    assert len(notes) == n_notes
    assert all("handle_unknown='ignore'" in note for note in notes)
