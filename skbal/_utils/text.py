"""What to do about text where a part that skbal chose needs numbers."""

import re
from contextlib import contextmanager

ONE_HOT = 'OneHotEncoder(handle_unknown="ignore", sparse_output=False)'

# NumPy's words, passed on by scikit-learn and pandas. The text may be a NumPy scalar.
_TEXT = re.compile(
    r"could not convert string to float: (?:np\.\w+\()?(b?'.*?'|b?\".*?\")"
)


@contextmanager
def text_explained(what, remedy):
    """Say in an error about text which parameter helps.

    Estimators that the user chose raise scikit-learn's own error, since the user knows
    what to put before them. Of those that skbal chose the user knows nothing.

    Parameters
    ----------
    what : str
        The argument and its owner, such as "X given to VoteAllocation".
    remedy : str
        A parameter and a value that takes text, as they stand in code.

    Examples
    --------
    >>> import numpy as np
    >>> with text_explained("X given to PoolGraph", f"features={ONE_HOT}"):
    ...     np.array(["red"], dtype=object).astype(float)
    Traceback (most recent call last):
        ...
    ValueError: X given to PoolGraph must be numbers, but holds the text 'red'. Encode
    text, for example by features=OneHotEncoder(handle_unknown="ignore",
    sparse_output=False), or in a ColumnTransformer if other columns are numbers.
    """
    try:
        yield
    except ValueError as error:
        text = _text_in(error)
        if text is None:
            raise
        raise ValueError(
            f"{what} must be numbers, but holds the text {text:.60}. Encode text, for "
            f"example by {remedy}, or in a ColumnTransformer if other columns are "
            "numbers."
        ) from error


def _text_in(error):
    """Return the text that an error or its cause is about, or None."""
    while error is not None:
        found = _TEXT.search(str(error))
        if found is not None:
            return found[1]
        error = error.__cause__
    return None
