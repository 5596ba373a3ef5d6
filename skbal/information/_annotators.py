"""Information in the answers of people who are not always right, in nats.

A person is a confusion matrix: entry [k, l] is the probability of answer l about a row
of class k. The answer of a person depends on the row only through its class.
"""

import numpy as np

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.draws import check_probabilities
from skbal._utils.validation import as_numbers
from skbal.information._probabilities import (
    normalised,
    sum_p_log_p,
    without_rounding,
)

_TOLERANCE = 1e-3  # for the sum of a row of a confusion matrix, as for draws


def annotator_information(probabilities, confusion):
    """Return the information between each person's answer and the class, in nats.

    I[a; y | x] = H[a | x] - sum_k p(y = k | x) H[a | y = k]. It is largest for a person
    who can distinguish the classes that are in doubt, and 0 for a person whose answer
    does not depend on the class.

    Parameters
    ----------
    probabilities : array-like of shape (n_samples, n_classes)
        Probability of each class of each row, given all that is known so far.
    confusion : array-like of shape (n_annotators, n_classes, n_answers)
        Entry [a, k, l] is the probability that person a answers l about a row of class
        k.

    Returns
    -------
    information : ndarray of shape (n_samples, n_annotators), dtype=float64
        In [0, log(n_classes)].

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold probabilities, or the classes of both differ in
        number.

    See Also
    --------
    noisy_label_information : What the answer tells about the weights of a model.
    skbal.votes.DawidSkene : Finds the confusion matrices.

    References
    ----------
    .. [1] D. J. C. MacKay (1992), Information-Based Objective Functions for Active Data
       Selection, has the expected information of a measurement with noise.

    Examples
    --------
    The first person is right about four of five rows, the second one only guesses:

    >>> from skbal.information import annotator_information
    >>> confusion = [[[0.8, 0.2], [0.2, 0.8]], [[0.5, 0.5], [0.5, 0.5]]]
    >>> annotator_information([[0.5, 0.5], [1.0, 0.0]], confusion).round(4)
    array([[0.1927, 0.    ],
           [0.    , 0.    ]])
    """
    owner = "annotator_information"
    draws = as_numbers(probabilities, f"probabilities given to {owner} must be numbers")
    if draws.ndim != 2:
        raise ValueError(
            f"probabilities given to {owner} must have shape (n_samples, n_classes), "
            f"got {draws.shape}."
        )
    draws = check_probabilities(draws[:, np.newaxis], owner, name="probabilities")
    confusion = _check_confusion(confusion, draws.shape[2], owner)
    remaining = -sum_p_log_p(confusion).T  # H[a | y], (n_classes, n_annotators)
    information = np.empty((len(draws), len(confusion)))
    for rows in chunks(len(draws), rows_within(8 * confusion.size)):
        p = normalised(draws[rows], owner, name="probabilities")[:, 0]
        answers = np.einsum("nk,akl->nal", p, confusion)
        entropy = -sum_p_log_p(answers)
        information[rows] = without_rounding(entropy - p @ remaining, entropy)
    return information


def noisy_label_information(draws, confusion, log_likelihood=None):
    """Return the information between each person's answer and the weights, in nats.

    This is the mutual information of BALD for the answer of a person who may be wrong,
    about a row that others may have answered already. Given earlier answers b, draw w
    of the weights has the probability p(w | b), and a class the probability p(y | w,
    b). The answer l of person a then has the probability

        p(l | w, b) = sum_k confusion[a, k, l] p(y = k | w, b)

    and the information is I[l; w | b] = H[l | b] - E_{w | b} H[l | w, b]. So a first
    answer about a new row and a second answer about another row can be compared.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_classes)
        Class probabilities. Each draw sums to one. They must come from a model that has
        not learned the earlier answers about the row, or these count twice.
    confusion : array-like of shape (n_annotators, n_classes, n_answers)
        Entry [a, k, l] is the probability that person a answers l about a row of class
        k.
    log_likelihood : array-like of shape (n_samples, n_classes), optional
        Logarithm of the probability of all earlier answers about a row given its class,
        in nats: 0 for a row without answers. ``None`` is 0 for all rows.

    Returns
    -------
    information : ndarray of shape (n_samples, n_annotators), dtype=float64
        In [0, log(n_classes)], and never more than `annotator_information` for the
        class probabilities given all earlier answers.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold probabilities or logarithms of them, or their
        shapes do not agree.

    See Also
    --------
    mutual_information : The same for people who are always right.

    References
    ----------
    .. [1] N. Houlsby, F. Huszár, Z. Ghahramani and M. Lengyel (2011), Bayesian Active
       Learning for Classification and Preference Learning, equation (2).

    Examples
    --------
    Two draws disagree. A person is right about nine rows of ten. The answer of a second
    person after such a first one tells less than the first did:

    >>> import numpy as np
    >>> from skbal.information import noisy_label_information
    >>> draws = [[[1.0, 0.0], [0.0, 1.0]]] * 2
    >>> earlier = np.log([[1.0, 1.0], [0.9, 0.1]])
    >>> noisy_label_information(draws, [[[0.9, 0.1], [0.1, 0.9]]], earlier).round(4)
    array([[0.3681],
           [0.1463]])
    """
    owner = "noisy_label_information"
    draws = check_probabilities(draws, owner)
    n_samples, n_draws, n_classes = draws.shape
    confusion = _check_confusion(confusion, n_classes, owner)
    if log_likelihood is None:
        log_likelihood = np.zeros((n_samples, n_classes))
    log_likelihood = _check_likelihood(log_likelihood, draws, owner)
    information = np.empty((n_samples, len(confusion)))
    for rows in chunks(n_samples, rows_within(32 * n_draws * sum(confusion.shape[1:]))):
        p = normalised(draws[rows], owner)
        classes, weights = _after_answers(p, log_likelihood[rows])
        for person, matrix in enumerate(confusion):
            answers = classes @ matrix  # (n_rows, n_draws, n_answers)
            entropy = -sum_p_log_p(np.einsum("nd,ndl->nl", weights, answers))
            expected = -np.vecdot(weights, sum_p_log_p(answers))
            information[rows, person] = without_rounding(entropy - expected, entropy)
    return information


def _after_answers(draws, log_likelihood):
    """Return p(y | w, b), as large as the draws, and p(w | b), (n_rows, n_draws)."""
    largest = log_likelihood.max(axis=1, keepdims=True)
    joint = draws * np.exp(log_likelihood - largest)[:, np.newaxis]
    evidence = joint.sum(axis=2)
    total = evidence.sum(axis=1, keepdims=True)
    # Where no draw makes the answers possible, nothing was learned from them.
    lost = total[:, 0] <= 0
    joint[lost], evidence[lost], total[lost] = draws[lost], 1, draws.shape[1]
    possible = np.where(evidence > 0, evidence, 1)
    return joint / possible[..., np.newaxis], evidence / total


def _check_confusion(confusion, n_classes, owner):
    """Return the confusion matrices in float64, with rows that sum to one exactly."""
    what = f"confusion given to {owner}"
    matrices = as_numbers(confusion, f"{what} must be numbers").astype(np.float64)
    if matrices.ndim != 3 or matrices.shape[1] != n_classes or not matrices.shape[2]:
        raise ValueError(
            f"{what} must have shape (n_annotators, n_classes, n_answers) with the "
            f"{n_classes} classes of the probabilities, got {matrices.shape}."
        )
    sums = matrices.sum(axis=2)
    if not (matrices >= 0).all() or not (np.abs(sums - 1) <= _TOLERANCE).all():
        raise ValueError(
            f"{what} must be probabilities that sum to one over the answers, its last "
            f"axis, got numbers from {matrices.min():.6g} and sums from "
            f"{sums.min():.6g} to {sums.max():.6g}."
        )
    return matrices / sums[..., np.newaxis]


def _check_likelihood(log_likelihood, draws, owner):
    what = f"log_likelihood given to {owner}"
    numbers = as_numbers(log_likelihood, f"{what} must be numbers").astype(np.float64)
    shape = draws.shape[::2]
    if numbers.shape != shape:
        raise ValueError(
            f"{what} must have the shape {shape} of the rows and classes of the draws, "
            f"got {numbers.shape}."
        )
    finite = np.isfinite(numbers)
    wrong = (~finite & (numbers != -np.inf)) | ~finite.any(axis=1, keepdims=True)
    if wrong.any():
        raise ValueError(
            f"{what} must be finite, or minus infinity for classes that are ruled out "
            f"but not for all of a row, got {numbers[wrong][0]} in row "
            f"{int(np.argwhere(wrong)[0, 0])}."
        )
    return numbers
