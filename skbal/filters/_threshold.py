"""The dynamic threshold, from the answers so far."""

from dataclasses import dataclass, field

import numpy as np

from skbal.filters._noise_rate import (
    NOISE_RATES,
    SHAPE,
    TEMPERATURES,
    log_likelihoods,
    posterior,
    summarise,
    wrong_probability,
)

_REMEMBERED = 200  # answers that set a threshold


@dataclass(frozen=True, eq=False)
class NoiseEstimate:
    """The noise rate and the threshold after some answers.

    More answers make a new estimate and do not change this one.

    Parameters
    ----------
    numbers : dict, optional
        Number of each class that was given so far, in order of first appearance.
    n_taught : ndarray of shape (n_labels,), optional
        Number of trusted answers of each class.
    log_likelihood : ndarray of shape (n_labels, *SHAPE), optional
        Log-likelihood of the answers in each cell of the grid.
    last : Answers, optional
        The last answers. None before the first.
    noise_rate, temperature, threshold : float
        Posterior mean of e, exponential of the posterior mean of log T, and the
        threshold.
    """

    numbers: dict = field(default_factory=dict)
    n_taught: np.ndarray = field(default_factory=lambda: np.zeros(0))
    log_likelihood: np.ndarray = field(default_factory=lambda: np.zeros((0, *SHAPE)))
    last: object = None
    noise_rate: float = 0.0
    temperature: float = 1.0
    threshold: float = 0.0

    def after(self, probabilities, columns, labels):
        """Return the estimate after more answers, with a threshold for them.

        Parameters
        ----------
        probabilities : ndarray of shape (n_answers, n_classes)
            From a model that was not taught the answers. At least two classes.
        columns : ndarray of int of shape (n_answers,)
            Column of each label.
        labels : list
            The labels.

        Returns
        -------
        estimate : NoiseEstimate
        """
        if not len(columns):
            return self
        numbers = _numbered(self.numbers, labels)
        label = np.array([numbers[given] for given in labels])
        n_taught = _grown(self.n_taught, len(numbers))
        answers = summarise(probabilities, columns, label, n_taught[label])
        total = _grown(self.log_likelihood, len(numbers))
        total += log_likelihoods(answers, len(numbers))
        shared, own = posterior(total)
        last = answers if self.last is None else self.last.then(answers)
        last = last.rows(slice(-max(len(label), _REMEMBERED), None))
        threshold = matching_threshold(last.likelihood, wrong_probability(last, own))
        trusted = answers.likelihood >= threshold
        return NoiseEstimate(
            numbers=numbers,
            n_taught=n_taught + np.bincount(label[trusted], minlength=len(numbers)),
            log_likelihood=total,
            last=last,
            noise_rate=float(shared.sum(axis=(1, 2, 3, 4)) @ NOISE_RATES),
            temperature=_mean_temperature(shared),
            threshold=threshold,
        )


def matching_threshold(likelihood, wrong_probability):
    """Return the threshold that rejects as many labels as are probably wrong.

    Parameters
    ----------
    likelihood : ndarray of shape (n_answers,)
        Likelihood of the given labels. Labels below the threshold are rejected.
    wrong_probability : ndarray of shape (n_answers,)
        Probability that each is wrong. Their sum, rounded down, is the number of
        rejected labels, or fewer if several likelihoods are equal.

    Returns
    -------
    threshold : float
        Half-way between two of the likelihoods. 0 rejects nothing.

    Examples
    --------
    >>> matching_threshold(np.array([0.5, 0.1, 0.3]), np.array([0.1, 0.8, 0.3]))
    0.2
    """
    edges = np.append(np.sort(likelihood), 1.0)
    n_rejected = int(wrong_probability.sum())
    # If one of several equal likelihoods is kept, all are.
    n_rejected = int(np.searchsorted(edges, edges[n_rejected]))
    if n_rejected == 0:
        return 0.0
    return float((edges[n_rejected - 1] + edges[n_rejected]) / 2)


def _numbered(numbers, labels):
    """Return the numbers of all classes given so far, old and new."""
    new = dict.fromkeys(label for label in labels if label not in numbers)
    return {**numbers, **{label: len(numbers) + i for i, label in enumerate(new)}}


def _grown(array, n_labels):
    """Return a copy with zeros for the new classes."""
    zeros = np.zeros((n_labels - len(array), *array.shape[1:]))
    return np.concatenate([array, zeros])


def _mean_temperature(shared):
    return float(np.exp(shared.sum(axis=(0, 2, 3, 4)) @ np.log(TEMPERATURES)))
