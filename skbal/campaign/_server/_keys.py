"""A key for each answer."""

# Without those that do something else: s, u, f, i, and letters that look like digits.
_KEYS = "123456789qwertyopadghjkzxcvbnm"


def keys_of(labels):
    """Return the key of each answer.

    Answers that are digits have themselves as keys, so that nobody presses 1 for "0".
    Others have 1 to 9, then letters. What is left is found by a search.

    Parameters
    ----------
    labels : sequence of str or number
        The answers to a question.

    Returns
    -------
    keys : list of str or None

    Examples
    --------
    >>> keys_of(["smooth", "disk"]), keys_of([0, 1])
    (['1', '2'], ['0', '1'])
    """
    words = [str(label) for label in labels]
    if all(len(word) == 1 and word in "0123456789" for word in words):
        return words
    return [_KEYS[i] if i < len(_KEYS) else None for i in range(len(words))]
