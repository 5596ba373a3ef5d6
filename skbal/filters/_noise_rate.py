"""How many of the answers are wrong, and which: a mixture, summed over a grid.

An answer is a label y given for a row of which a model, before it was taught the
answer, said p. The chance of that label is taken to be

    (1 - e) s + e (1 - s) / (C - 1),    s = (1 - b_y) p_T + b_y p_F.

The first term is a right answer, the second a wrong one: of e of them, the annotator
names another of the C classes than the true one, each as likely. s is what is believed
of the label: p_T, proportional to ``p**(1 / T)``, is p with its over- or
underconfidence taken out; p_F, proportional to ``p**(1 / F)``, is p flattened, for the
blunders that a model of few labels makes with confidence. F is 4, or infinite for a
model that knows nothing where it blunders, such as one whose first labels were wrong.
They get rarer as it is taught,

    b_y = b / (1 + k_y / a),    k_y trusted answers of class y so far,

and that is what tells them from wrong answers, whose rate stays. Counting by class
matters: a filter that rejects what a model does not know keeps the model from learning
it, and would take its own doing for noise. For the same reason a class may have a b of
its own, which it has with a prior probability of .2; else it has that of the others.

The noise rate e, the temperature T, the flatness F, the pace a and the blunder rate b
lie on a grid with a prior; e is exactly zero with a prior probability of .5, so noise
has to show before an oracle is suspected. All sums over the grid are exact, nothing is
optimised.
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
_SMALLEST = 1e-6  # a committee's zero is not impossible


class Judged(NamedTuple):
    """What is remembered of answers: a few numbers each, no rows.

    Parameters
    ----------
    label : ndarray of int of shape (n_answers,)
        The number of the class that was given, in a list that grows with the answers.
    likelihood : ndarray of shape (n_answers,)
        p of that class.
    tempered, flattened : ndarray of shape (n_answers, ...)
        p_T of it for each of ``TEMPERATURES``, and p_F for each of ``FLATNESSES``.
    n_classes : ndarray of shape (n_answers,)
        How many classes the model knew, at least 2: C.
    n_taught : ndarray of shape (n_answers,)
        How many answers of the class had been trusted before: k_y.
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
            Which ones.

        Returns
        -------
        judged : Judged
        """
        return Judged(*(part[rows] for part in self))

    def then(self, other):
        """Return these answers and others after them.

        Parameters
        ----------
        other : Judged

        Returns
        -------
        judged : Judged
        """
        return Judged(*map(np.concatenate, zip(self, other)))


def judge(probabilities, columns, label, n_taught):
    """Return what to remember of answers.

    Parameters
    ----------
    probabilities : ndarray of shape (n_answers, n_classes)
        p, by a model that was not taught the answers; two classes or more.
    columns : ndarray of int of shape (n_answers,)
        Which column the given label is.
    label, n_taught : ndarray of shape (n_answers,)
        As in `Judged`.

    Returns
    -------
    judged : Judged
    """
    n_answers, n_classes = probabilities.shape
    rows = np.arange(n_answers)
    log_p = np.log(np.maximum(probabilities, _SMALLEST))

    def powers(values):
        log_powers = [log_softmax(log_p / value, axis=1) for value in values]
        return np.exp([power[rows, columns] for power in log_powers]).T

    return Judged(
        label=label,
        likelihood=probabilities[rows, columns],
        tempered=powers(TEMPERATURES),
        flattened=powers(FLATNESSES),
        n_classes=np.full(n_answers, n_classes),
        n_taught=n_taught,
    )


def right_and_wrong(judged):
    """Return the two terms of the mixture, for each answer and cell of the grid.

    Parameters
    ----------
    judged : Judged
        Answers.

    Returns
    -------
    right, wrong : ndarray of shape (n_answers, *SHAPE)
        The probability that the label was given, and right; given, and wrong.
    """
    # One axis each: answers, e, T, F, a, b.
    pace = PACES[:, np.newaxis]
    blunders = BLUNDER_RATES / (1 + _with_axes(judged.n_taught, 4) / pace)
    believed = (1 - blunders) * _with_axes(judged.tempered, 3)
    believed = believed + blunders * _with_axes(judged.flattened[:, np.newaxis], 2)
    others = _with_axes(judged.n_classes, 4) - 1
    noise = _with_axes(NOISE_RATES, 4)
    right = (1 - noise) * believed[:, np.newaxis]
    return right, noise * ((1 - believed) / others)[:, np.newaxis]


def log_likelihoods(judged, n_labels):
    """Return how probable the answers of each class are, in every cell.

    Parameters
    ----------
    judged : Judged
        Answers.
    n_labels : int
        How many classes were given so far.

    Returns
    -------
    log_likelihood : ndarray of shape (n_labels, *SHAPE)
        The sum over the answers of a class; 0 where it has none.
    """
    total = np.zeros((n_labels, *SHAPE))
    for piece in _pieces(len(judged.label)):
        part = judged.rows(piece)
        right, wrong = right_and_wrong(part)
        np.add.at(total, part.label, np.log(right + wrong))
    return total


def log_prior():
    """Return the logarithm of the prior of the cells, with the b that classes share.

    Half of it is on a noise rate of 0; from there to .6 it falls linearly. A twentieth
    is on an infinite flatness. The others are uniform, the temperature and the pace in
    their logarithms, b below .5.

    Returns
    -------
    log_prior : ndarray of shape SHAPE
        -inf where b is .5 or more.
    """
    some = 0.6 - NOISE_RATES[1:]
    of_noise = np.concatenate([[_NO_NOISE], (1 - _NO_NOISE) * some / some.sum()])
    of_flatness = np.array([1 - _KNOWS_NOTHING, _KNOWS_NOTHING])
    prior = _with_axes(of_noise, 4) * np.ones(SHAPE) * _USUAL_BLUNDERS
    prior *= _with_axes(of_flatness, 2)
    with np.errstate(divide="ignore"):
        return np.log(prior / prior.sum())


def posterior(log_likelihood):
    """Return the posterior of the unknowns, and of each class's own blunder rate.

    A class has the b that classes share, or one of its own that is uniform on the grid.
    Both are summed out here, exactly: classes are independent once the shared b is
    given.

    Parameters
    ----------
    log_likelihood : ndarray of shape (n_labels, *SHAPE)
        As `log_likelihoods` returns it.

    Returns
    -------
    shared : ndarray of shape SHAPE
        Of e, T, F, a and the b that classes share.
    own : ndarray of shape (n_labels, *SHAPE)
        Of e, T, F, a and the b of the class.
    """
    as_others = np.log(1 - _NOT_LIKE_OTHERS) + log_likelihood
    alone = np.log(_NOT_LIKE_OTHERS / len(BLUNDER_RATES)) + log_likelihood
    either = np.logaddexp(as_others, logsumexp(alone, axis=-1, keepdims=True))
    log_shared = log_prior() + either.sum(axis=0)
    log_shared -= logsumexp(log_shared)
    # Of the rest of the classes, given the shared b, whatever this class does.
    rest = log_shared - either
    own = np.exp(rest + as_others)
    own += np.exp(logsumexp(rest, axis=-1, keepdims=True) + alone)
    return np.exp(log_shared), own


def wrong_probability(judged, own):
    """Return how probably each answer is wrong.

    Parameters
    ----------
    judged : Judged
        Answers.
    own : ndarray of shape (n_labels, *SHAPE)
        As `posterior` returns it.

    Returns
    -------
    probability : ndarray of shape (n_answers,)
    """
    probability = np.empty(len(judged.label))
    for piece in _pieces(len(judged.label)):
        part = judged.rows(piece)
        right, wrong = right_and_wrong(part)
        wrong /= right + wrong
        weights = own[part.label]
        probability[piece] = np.einsum("netfab,netfab->n", wrong, weights)
    return probability


def _with_axes(array, n_axes):
    return array.reshape(*array.shape, *[1] * n_axes)


def _pieces(n_answers):
    return chunks(n_answers, rows_within(5 * 8 * int(np.prod(SHAPE))))
