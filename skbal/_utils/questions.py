"""Questions that volunteers vote on: their names, and the choice of one."""

import numpy as np

from skbal._utils.validation import check_count


def check_names(question_names, n_questions, owner):
    """Return a name for each question.

    Parameters
    ----------
    question_names : sequence of str or None
        Names of the questions. ``None`` numbers them.
    n_questions : int
        Number of questions.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    names : tuple of str

    Raises
    ------
    TypeError, ValueError
        If ``question_names`` is no list, has another length, or repeats a name.
    """
    if question_names is None:
        return tuple(f"question {number}" for number in range(n_questions))
    if isinstance(question_names, str):
        raise TypeError(
            f"question_names of {owner} must be a list of names, got the string "
            f"{question_names!r}."
        )
    if not np.iterable(question_names):
        raise TypeError(
            f"question_names of {owner} must be a list of names, got "
            f"{question_names!r}."
        )
    names = tuple(str(name) for name in question_names)
    if len(names) != n_questions or len(set(names)) != n_questions:
        raise ValueError(
            f"question_names of {owner} must be {n_questions} different names, one per "
            f"question, got {len(names)}: {', '.join(map(repr, names))}."
        )
    return names


def check_question(question, names, owner):
    """Return the number of a question.

    Parameters
    ----------
    question : int or str
        Number of the question, from 0, or its name.
    names : tuple of str
        Result of `check_names`.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    question : int

    Raises
    ------
    TypeError, ValueError
        If there is no such question.

    Examples
    --------
    >>> check_question("bar", ("smooth", "bar"), "VoteCoverageDisplay")
    1
    """
    if isinstance(question, str):
        if question not in names:
            raise ValueError(
                f"question of {owner} must be one of {', '.join(map(repr, names))}, "
                f"got {question!r}."
            )
        return names.index(question)
    question = check_count(question, "question", owner, smallest=0)
    if question >= len(names):
        raise ValueError(
            f"question of {owner} must be below {len(names)}, the number of "
            f"questions, got {question}."
        )
    return question


def chosen_questions(question, names, owner):
    """Return the numbers of the chosen questions, either all or one.

    Parameters
    ----------
    question : int, str or None
        See `check_question`. ``None`` chooses all.
    names : tuple of str
        Result of `check_names`.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    numbers : list of int

    Raises
    ------
    TypeError, ValueError
        If there is no such question.

    Examples
    --------
    >>> chosen_questions(None, ("smooth", "bar"), "VoteCoverageDisplay")
    [0, 1]
    """
    if question is None:
        return list(range(len(names)))
    return [check_question(question, names, owner)]


def check_questions(question, question_names, n_questions, owner):
    """Raise an error if the names or the chosen question cannot be right.

    Displays call this function before they make posterior draws.

    Parameters
    ----------
    question : int, str or None
        See `chosen_questions`.
    question_names : sequence of str or None
        See `check_names`.
    n_questions : int or None
        The number of questions. ``None`` means that it is not known yet; then it is
        taken to be the number of names, if there are names.
    owner : str
        Name of the caller, for messages.

    Raises
    ------
    TypeError, ValueError
        If the names are wrong, or there is no such question.
    """
    if n_questions is None:
        if question_names is None:
            return
        n_questions = np.size(question_names)
    names = check_names(question_names, n_questions, owner)
    chosen_questions(question, names, owner)
