"""Networks whose targets are volunteer votes: k of N, or counts of answers."""

import json

import numpy as np

from skbal._utils.answers import COUNT_LIKELIHOODS, check_asked_questions, described
from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import option
from skbal._utils.pools import take
from skbal.models._networks import _plain_data
from skbal.models._networks._likelihoods._table import (
    DEFAULT_LIKELIHOOD,
    LIKELIHOODS,
    likelihood_named,
)
from skbal.models._votes._checks import check_some_votes, warn_of_sigmoids
from skbal.models._votes._labels import QUESTIONS, AnswerCounts, YesVotes, labels_of
from skbal.models._votes._predictions import VotePredictionsMixin

torch = lazy_module("torch")
_training = lazy_module("skbal.models._networks._training")
_architectures = lazy_module("skbal.models._networks._architectures")

_FEW_ROWS = 256  # predicted after training, to see whether they come from logits


class VoteTargets(VotePredictionsMixin):
    """Learns votes by their likelihood; draws are rho, or the shares of answers.

    A subclass has the parameters ``likelihood`` and ``questions``. What depends on the
    likelihood is asked from the `Likelihood` of that name, and what depends on the form
    of y from `Labels`.
    """

    _multi_output = True

    _parameter_rules = {"likelihood": option(*LIKELIHOODS), "questions": QUESTIONS}

    # ------------------------------------------------------------------ learning

    def fit(self, X, y, sample_weight=None):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The training rows.
        y : array-like of shape (n_samples, 2), (n_samples, n_questions, 2) or \
(n_samples, n_columns)
            The votes: yes votes k and all votes N, with 0 of 0 for a question that was
            not asked. For "multinomial" and "dirichlet-multinomial", the count of each
            answer, with 0 for all answers to a question that was not asked. A row may
            occur again with further votes. With a concentration it is better to give
            the totals in one row.
        sample_weight : array-like of shape (n_samples,), optional
            The weight of each row in the loss. Only ratios matter. A row of weight 0
            is left out.

        Returns
        -------
        self : estimator
            The fitted estimator. If an error is raised, what was fitted before stays.

        Raises
        ------
        NoDropoutError
            If the draws need dropout and the module has none.
        ValueError, TypeError
            If X, y or a parameter is not as it must be; the message says which. Also if
            there is no vote at all.

        Warns
        -----
        VotesWarning
            If a question has no votes, if a concentration is to be learned and no row
            has two votes, or if a module of your own seems to give no logits.
        """
        super().fit(X, y, sample_weight)
        is_counts = self.questions_ is not None
        self._has_question_axis = is_counts or np.ndim(y) == 3
        if not isinstance(self.module, str) and not is_counts:
            rows = take(X, slice(0, _FEW_ROWS))
            rho = self.predict_samples(rows, 1, random_state=0)
            warn_of_sigmoids(rho, type(self).__name__)
        return self

    def _check_parameters(self):
        super()._check_parameters()
        if self.criterion != "auto" and self.likelihood != DEFAULT_LIKELIHOOD:
            raise ValueError(
                f"{type(self).__name__} got both likelihood={self.likelihood!r} and a "
                "criterion of its own, which take the same place: give one of them."
            )

    def _check_fit_rows(self, X, y):
        owner = type(self).__name__
        labels, votes = labels_of(self.likelihood, self.questions, y, owner)
        X, _ = super()._check_fit_rows(X, labels.totals(votes)[:, 0])
        return X, votes

    def _learn_targets(self, y):
        owner = type(self).__name__
        continues = self._continues()
        labels, _ = labels_of(self.likelihood, self.questions, y, owner)
        if continues:
            self._check_same_as_before(labels)
        check_some_votes(labels.totals(y), owner)
        likelihood = likelihood_named(self.likelihood)
        likelihood.warn(labels.totals(y), owner)
        start = likelihood.start(y, labels)
        if continues:
            start = likelihood.later_start(self._start, start)
        self._set_labels(labels)
        self._fitted_likelihood = self.likelihood
        self._start = start
        return y.astype(np.float32)

    def _set_labels(self, labels):
        self._labels, self.questions_ = labels, labels.questions
        self.n_questions_ = labels.n_questions

    def _check_same_as_before(self, labels):
        owner = f"{type(self).__name__} with warm_start=True"
        if labels.n_questions != self.n_questions_:
            raise ValueError(
                f"y given to {owner} has votes on {labels.n_questions} questions, but "
                f"the first fit had {self.n_questions_}."
            )
        if self.likelihood != self._fitted_likelihood:
            raise ValueError(
                f"likelihood of {owner} is {self.likelihood!r}, but the first fit had "
                f"{self._fitted_likelihood!r}: set warm_start=False to start again."
            )
        if labels.questions != self.questions_:
            raise ValueError(
                f"questions of {owner} are {labels.questions}, but the first fit had "
                f"{self.questions_}: set warm_start=False to start again."
            )

    def _probe(self, net, example):
        outputs = super()._probe(net, example)
        last = [*net.module_.modules()][-1]
        if isinstance(last, self._likelihood.last_layers):
            raise ValueError(
                f"module of {type(self).__name__} must give logits, but "
                f"{type(net.module_).__name__} ends in a {type(last).__name__}: leave "
                "it out, the likelihood needs what comes before it."
            )
        return outputs

    def _net_class(self):
        return _training.RegressorNet

    def _criterion_class(self, output_kind):
        if self.criterion != "auto":
            return self.criterion
        return self._likelihood.loss_class

    def _image_network(self):
        return _architectures.GalaxyCNN

    def _loss_parameters(self, n_samples):
        parameters = super()._loss_parameters(n_samples)
        own = self._likelihood.loss_parameters(self._start, self._labels)
        return {**parameters, **own}

    @property
    def _likelihood(self):
        """The likelihood of the fitted network."""
        return likelihood_named(self._fitted_likelihood)

    def _n_outputs(self):
        return self._labels.n_columns

    def _n_network_outputs(self):
        return self._likelihood.n_outputs(self._labels)

    def _columns(self):
        return self._likelihood.columns

    def _from_outputs(self, outputs):
        return self._likelihood.rho(outputs, self._labels)

    # -------------------------------------------------------------- saved weights

    def _target_state(self):
        state = {
            "n_questions": self.n_questions_,
            "has_question_axis": self._has_question_axis,
            "likelihood": self._fitted_likelihood,
            "start": _plain_data.of_floats(self._start),
        }
        if self.questions_ is not None:
            state["questions"] = json.dumps(self.questions_)
        return state

    def _set_target_state(self, state):
        n_questions = _plain_data.integer(state, "n_questions", smallest=1)
        self._has_question_axis = _plain_data.boolean(state, "has_question_axis")
        likelihood = _plain_data.string(state, "likelihood")
        if likelihood != self.likelihood:
            raise _plain_data.WrongData(
                f"likelihood is {likelihood!r} there, but {self.likelihood!r} here"
            )
        start = _plain_data.floats(state, "start", size=n_questions, finite=False)
        self._set_labels(self._labels_of_state(state, n_questions))
        self._fitted_likelihood, self._start = likelihood, start

    def _labels_of_state(self, state, n_questions):
        if self.likelihood not in COUNT_LIKELIHOODS:
            return YesVotes(n_questions)
        owner = type(self).__name__
        there = _plain_data.string(state, "questions")
        try:
            labels = AnswerCounts(check_asked_questions(json.loads(there), owner))
            here = check_asked_questions(
                self.questions, owner, n_columns=labels.n_columns, name="the network"
            )
        except (ValueError, TypeError, RecursionError) as error:
            raise _plain_data.WrongData(f"questions are wrong: {error}") from None
        if here != labels.asked:
            raise _plain_data.WrongData(
                f"questions are {labels.questions} there, but {described(here)} here"
            )
        if labels.n_questions != n_questions:
            raise _plain_data.WrongData(
                f"n_questions is {n_questions}, but there are {labels.n_questions}"
            )
        return labels

    # ---------------------------------------------------------------- predicting

    def predict(self, X):
        """Return rho, the probability that one volunteer says yes, or shares.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.

        Returns
        -------
        rho : ndarray of shape (n_samples,), (n_samples, n_questions) or (n_samples, \
n_columns)
            The mean of the draws. There is an axis of questions if the y of ``fit`` had
            one. For counts, the share of each answer.
        """
        return self._as_y(self._mean_draw(X))

    def _concentrations(self, X):
        rows = self._check_rows(X)
        found = np.full((len(rows), self.n_questions_), np.inf)
        if not self._likelihood.has_concentration:  # it is infinite, but X is checked
            self._finite_copy(rows)
        else:
            for rows, _, concentration in self._vote_draws(X):
                found[rows] = concentration
        return found

    def _vote_draws(self, X):
        X = self._check_rows(X)
        if not self._likelihood.has_concentration:
            for rows, rho in self._fitted_chunks(X):
                yield rows, rho, np.full((len(rho), self.n_questions_), np.inf)
            return
        for rows, both in self._fitted_chunks(X, self._rho_and_log_concentration):
            # Of shapes (n_rows, n_draws, n_columns) and (n_rows, n_draws, n_questions).
            rho, logs = np.split(both, [self._labels.n_columns], axis=2)
            concentration = np.exp(logs.mean(axis=1, dtype=np.float64))
            yield rows, rho, np.where(np.isinf(self._start), np.inf, concentration)

    def _rho_and_log_concentration(self, outputs):
        logs = self._likelihood.log_concentration(outputs, self._start)
        return torch.cat([self._from_outputs(outputs), logs], dim=-1)
