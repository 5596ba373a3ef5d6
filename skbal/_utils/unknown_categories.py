"""A note for the error of an encoder that meets a category it was not fitted on."""

from contextlib import contextmanager

_NOTE = (
    "The encoder was fitted on the labelled rows only, and other rows have further "
    "categories. Give it handle_unknown='ignore' (OneHotEncoder), "
    "handle_unknown='use_encoded_value' with an unknown_value (OrdinalEncoder), or all "
    "categories by its parameter categories."
)


@contextmanager
def unknown_categories_explained():
    """Add a note to scikit-learn's error about unknown categories.

    Active learning fits on a few rows and predicts for many, so that a rare category
    is seldom among the labelled ones.

    Examples
    --------
    >>> try:
    ...     with unknown_categories_explained():
    ...         raise ValueError("Found unknown categories ['north'] in column 0")
    ... except ValueError as error:
    ...     print(error.__notes__[0][:48])
    The encoder was fitted on the labelled rows only
    """
    try:
        yield
    except ValueError as error:
        if "unknown categories" in str(error):
            error.add_note(_NOTE)
        raise
