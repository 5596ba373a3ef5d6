"""How many answers are wrong, and which: a mixture model, summed over a grid.

An answer is a label y given for a row. A model that was not taught the answer predicted
the class probabilities p for this row. The probability of the label is modelled as

    (1 - e) s + e (1 - s) / (C - 1),    s = (1 - b_y) p_T + b_y p_F.

The first term is a right answer. The second is a wrong answer: with the noise rate e,
the annotator names one of the C - 1 other classes, each equally likely. s is the
corrected probability of the label:

- p_T is proportional to ``p**(1 / T)``. The temperature T corrects over- and
  underconfidence.
- p_F is proportional to ``p**(1 / F)``, that is p flattened. It stands for blunders:
  confident errors of a model with few labels. F is 4, or infinite for a model that
  knows nothing where it blunders, for instance because its first labels were wrong.

Blunders get rarer as the model is taught,

    b_y = b / (1 + k_y / a),    k_y trusted answers of class y so far,

whereas the rate of wrong answers stays. This tells them apart. Trusted answers are
counted by class, because a filter that rejects what a model does not know keeps the
model from learning it, and would then take the result for noise. For the same reason a
class may have a blunder rate b of its own, with a prior probability of 0.2. Otherwise
it has that of the other classes.

The noise rate e, the temperature T, the flatness F, the pace a and the blunder rate b
lie on a grid with a prior. e is exactly zero with a prior probability of 0.5, so noise
must be visible before an oracle is suspected. All sums over the grid are exact, and
nothing is optimised.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import log_softmax, logsumexp

from skbal._utils.chunks import chunks, rows_within

NOISE_RATES = np.concatenate([[0.0], np.linspace(0.015, 0.585, 20)])
TEMPERATURES = 2.0 ** np.arange(-2, 1.5, 0.5)
FLATNESSES = np.array([4.0, np.inf])
PACES = np.array([2.0, 6.0, 20.0])
BLUNDER_RATES = np.linspace(0.05, 0.95, 10)
SHAPE = tuple(map(len, (NOISE_RATES, TEMPERATURES, FLATNESSES, PACES, BLUNDER_RATES)))

_NO_NOISE = 0.5
_KNOWS_NOTHING = 0.05
_NOT_LIKE_OTHERS = 0.2
_USUAL_BLUNDERS = BLUNDER_RATES < 0.5
_SMALLEST = 1e-6  # for a probability of 0, as committees give it


class Answers(NamedTuple):
    """What is remembered of answers: a few numbers per answer, and no rows.

    Parameters
    ----------
    label : ndarray of int of shape (n_answers,)
        The class that was given, as its number in order of first appearance.
    likelihood : ndarray of shape (n_answers,)
        p of this class.
    tempered, flattened : ndarray of shape (n_answers, ...)
        p_T of this class for each of ``TEMPERATURES``, and p_F for each of
        ``FLATNESSES``.
    n_classes : ndarray of shape (n_answers,)
        C, the number of classes that the model knew, at least 2.
    n_taught : ndarray of shape (n_answers,)
        k_y, the number of answers of this class that were trusted before.
    """

    label: np.ndarray
    likelihood: np.ndarray
    tempered: np.ndarray
    flattened: np.ndarray
    n_classes: np.ndarray
    n_taught: np.ndarray

    def rows(self, rows):
        """Return some of the answers.

        Parameters
        ----------
        rows : slice or ndarray of int or bool
            Indices, or a mask.

        Returns
        -------
        answers : Answers
        """
        return Answers(*(part[rows] for part in self))

    def then(self, other):
        """Return these answers and others after them.

        Parameters
        ----------
        other : Answers
            The other answers.

        Returns
        -------
        answers : Answers
        """
        return Answers(*map(np.concatenate, zip(self, other)))


def summarise(probabilities, columns, label, n_taught):
    """Return what is remembered of answers.

    Parameters
    ----------
    probabilities : ndarray of shape (n_answers, n_classes)
        p, from a model that was not taught the answers. At least two classes.
    columns : ndarray of int of shape (n_answers,)
        Column of the label that was given.
    label, n_taught : ndarray of shape (n_answers,)
        As for `Answers`.

    Returns
    -------
    answers : Answers
    """
    n_answers, n_classes = probabilities.shape
    rows = np.arange(n_answers)
    log_p = np.log(np.maximum(probabilities, _SMALLEST))

    def powers(values):
        log_powers = [log_softmax(log_p / value, axis=1) for value in values]
        return np.exp([power[rows, columns] for power in log_powers]).T

    return Answers(
        label=label,
        likelihood=probabilities[rows, columns],
        tempered=powers(TEMPERATURES),
        flattened=powers(FLATNESSES),
        n_classes=np.full(n_answers, n_classes),
        n_taught=n_taught,
    )


def right_and_wrong(answers):
    """Return the two terms of the mixture, for each answer and cell of the grid.

    Parameters
    ----------
    answers : Answers
        The answers.

    Returns
    -------
    right, wrong : ndarray of shape (n_answers, *SHAPE)
        Probability that the label is given and right, and that it is given and wrong.
    """
    # Axes of the results, in this order: answers n, then e, T, F, a, b of the grid.
    pace = PACES[:, np.newaxis]  # (a, 1), against b in the last axis
    blunders = BLUNDER_RATES / (1 + _with_axes(answers.n_taught, 4) / pace)
    # blunders: (n, 1, 1, a, b), tempered: (n, T, 1, 1, 1), flattened: (n, 1, F, 1, 1)
    corrected = (1 - blunders) * _with_axes(answers.tempered, 3)
    corrected = corrected + blunders * _with_axes(answers.flattened[:, np.newaxis], 2)
    others = _with_axes(answers.n_classes, 4) - 1
    noise = _with_axes(NOISE_RATES, 4)
    right = (1 - noise) * corrected[:, np.newaxis]
    return right, noise * ((1 - corrected) / others)[:, np.newaxis]


def log_likelihoods(answers, n_labels):
    """Return the log-likelihood of the answers of each class, in every cell.

    Parameters
    ----------
    answers : Answers
        The answers.
    n_labels : int
        Number of classes that were given so far.

    Returns
    -------
    log_likelihood : ndarray of shape (n_labels, *SHAPE)
        Sum over the answers of a class. 0 for a class without answers.
    """
    total = np.zeros((n_labels, *SHAPE))
    for chunk in _chunks(len(answers.label)):
        part = answers.rows(chunk)
        right, wrong = right_and_wrong(part)
        np.add.at(total, part.label, np.log(right + wrong))
    return total


def log_prior():
    """Return the log prior of the cells, for the blunder rate that classes share.

    Half of the prior is on a noise rate of 0, and from there to 0.6 it falls linearly.
    A twentieth is on an infinite flatness. The other priors are uniform: those of the
    temperature and the pace in their logarithms, that of b below 0.5.

    Returns
    -------
    log_prior : ndarray of shape SHAPE
        Minus infinity if b is 0.5 or more.
    """
    some = 0.6 - NOISE_RATES[1:]
    of_noise = np.concatenate([[_NO_NOISE], (1 - _NO_NOISE) * some / some.sum()])
    of_flatness = np.array([1 - _KNOWS_NOTHING, _KNOWS_NOTHING])
    prior = _with_axes(of_noise, 4) * np.ones(SHAPE) * _USUAL_BLUNDERS
    prior *= _with_axes(of_flatness, 2)
    with np.errstate(divide="ignore"):
        return np.log(prior / prior.sum())


def posterior(log_likelihood):
    """Return the posterior of the unknowns, and of the blunder rate of each class.

    A class has the blunder rate b that classes share, or one of its own, which is
    uniform on the grid. The sum over both is exact, because classes are independent
    given the shared b.

    Parameters
    ----------
    log_likelihood : ndarray of shape (n_labels, *SHAPE)
        As `log_likelihoods` returns it.

    Returns
    -------
    shared : ndarray of shape SHAPE
        Posterior of e, T, F, a and the b that classes share.
    own : ndarray of shape (n_labels, *SHAPE)
        Posterior of e, T, F, a and the b of each class.
    """
    as_others = np.log(1 - _NOT_LIKE_OTHERS) + log_likelihood
    alone = np.log(_NOT_LIKE_OTHERS / len(BLUNDER_RATES)) + log_likelihood
    either = np.logaddexp(as_others, logsumexp(alone, axis=-1, keepdims=True))
    log_shared = log_prior() + either.sum(axis=0)
    log_shared -= logsumexp(log_shared)
    # The posterior from the other classes alone, given the shared b.
    rest = log_shared - either
    own = np.exp(rest + as_others)
    own += np.exp(logsumexp(rest, axis=-1, keepdims=True) + alone)
    return np.exp(log_shared), own


def wrong_probability(answers, own):
    """Return the probability that each answer is wrong.

    Parameters
    ----------
    answers : Answers
        The answers.
    own : ndarray of shape (n_labels, *SHAPE)
        As `posterior` returns it.

    Returns
    -------
    probability : ndarray of shape (n_answers,)
    """
    probability = np.empty(len(answers.label))
    for chunk in _chunks(len(answers.label)):
        part = answers.rows(chunk)
        right, wrong = right_and_wrong(part)
        wrong /= right + wrong
        weights = own[part.label]
        probability[chunk] = np.einsum("netfab,netfab->n", wrong, weights)
    return probability


def _with_axes(array, n_axes):
    return array.reshape(*array.shape, *[1] * n_axes)


def _chunks(n_answers):
    return chunks(n_answers, rows_within(5 * 8 * int(np.prod(SHAPE))))
