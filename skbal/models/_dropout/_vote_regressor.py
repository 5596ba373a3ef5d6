"""The Monte-Carlo dropout model of volunteer votes; `_base` holds what it shares."""

import numpy as np

from skbal._utils.pools import take
from skbal._utils.validation import check_option
from skbal._utils.votes import check_votes
from skbal.models._dropout._base import MCDropout
from skbal.models._votes._checks import (
    check_some_votes,
    warn_of_sigmoids,
    warn_of_single_votes,
)
from skbal.models._votes._predictions import VotePredictionsMixin

_FEW_ROWS = 256  # looked at after training, whether they come from logits
LIKELIHOODS = ("binomial", "beta-binomial")


class MCDropoutVoteRegressor(VotePredictionsMixin, MCDropout):
    """A network with dropout that predicts how many of N volunteers say yes.

    A label is k yes votes of N. The network gives rho, the probability that one
    volunteer says yes, and learns by the likelihood of the votes, so that a galaxy
    which forty people looked at teaches it more than one that three did [1]_. Each
    draw is one set of dropout masks, the same for every row; over the draws, k has a
    mixture of binomials, wider than one model's where the models disagree. Several
    questions share the network up to its last layer.

    Parameters
    ----------
    module : "auto" or torch.nn.Module class or instance, default="auto"
        The network. "auto" takes that of Walmsley et al. for images (convolutions of
        32, 32 and 16 filters, dense 128, dropout .5 before the last layer;
        ``module__n_filters``, ``module__hidden_units``, ``module__dropout``) and for
        rows a multilayer perceptron, as `MCDropoutClassifier` does. Your own module
        needs dropout somewhere, and one column of logits a question, without a sigmoid;
        for a beta-binomial as many columns after them, for the concentrations.
    likelihood : {"binomial", "beta-binomial"}, default="binomial"
        "binomial": all that is unknown of a row is what the draws disagree about.
        "beta-binomial": rows that look alike to the network still differ in their rho,
        as galaxies do; how much, `predict_concentration`, it learns as well [2]_.
    image_shape : tuple of int, optional
        (channels, height, width) or (height, width): rows of X are flattened images.
    n_draws : int, default=100
        How many draws ``predict`` averages and ``predict_votes`` mixes.
    deterministic : bool, default=False
        True turns dropout off at prediction time: one model, no draws.
    prior_length_scale : float, optional
        The length scale of the prior on the weights; see `MCDropoutClassifier`.
    max_epochs : int, default=50
        Passes over the training set.
    max_steps : int, optional
        Gradient steps to take, in place of ``max_epochs``.
    lr : float, default=0.001
        The learning rate.
    batch_size : int, default=64
        The most rows in a gradient step. The batches of an epoch are made even, so that
        no step rests on a handful of rows.
    optimizer : str or torch.optim.Optimizer class, default="Adam"
        A name in ``torch.optim`` or a class; ``optimizer__*`` sets its parameters.
    criterion : "auto" or torch loss class, default="auto"
        "auto" is the likelihood. A class is called with logits of shape (n_rows,
        n_questions) and votes (n_rows, n_questions, 2); predictions are binomial then.
    augment : callable, optional
        Called with each training batch, returns one of the same shape.
    train_split : callable, optional
        As in skorch.
    callbacks : list, optional
        skorch callbacks.
    device : str, default="cpu"
        Where the network runs.
    warm_start : bool, default=False
        Whether ``fit`` goes on from the weights of the last ``fit``.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the weights, training, and the draws behind ``predict``.
    verbose : int, default=0
        1 shows a progress bar over epochs.
    **kwargs : dict
        Parameters for parts of the skorch net, as for `MCDropoutClassifier`.

    Attributes
    ----------
    n_questions_ : int
        How many questions y held votes on.
    net_ : skorch.NeuralNetRegressor
        The trained net.
    n_features_in_ : int
        Features of a row seen by ``fit`` (for images, channels).
    feature_names_in_ : ndarray of str
        Column names, when X was a data frame.
    row_shape_ : tuple of int
        The shape of a row of X.
    n_steps_ : int
        Gradient steps taken.
    draw_seed_ : int
        The seed of the draws behind ``predict``.

    See Also
    --------
    BayesianVoteRegression : A linear model of votes, without a network.
    skbal.query.VoteBALD : Asks for the votes that tell most about the weights.

    References
    ----------
    .. [1] M. Walmsley et al. (2020), Galaxy Zoo: probabilistic morphology through
       Bayesian CNNs and active learning, MNRAS 491.
    .. [2] M. Walmsley et al. (2022), Galaxy Zoo DECaLS: detailed visual morphology
       measurements from volunteers and deep learning for 314,000 galaxies, MNRAS 509,
       whose Dirichlet-multinomial is a beta-binomial for two answers.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.models import MCDropoutVoteRegressor
    >>> X = np.linspace(-1, 1, 100)[:, None]
    >>> votes = np.stack([np.round(20 + 15 * X[:, 0]), np.full(100, 40)], axis=1)
    >>> model = MCDropoutVoteRegressor(n_draws=30, random_state=0).fit(X, votes)
    >>> model.predict_samples(X, random_state=0).shape
    (100, 30, 1)
    >>> model.predict([[-1.0], [1.0]]).round(1)
    array([0.1, 0.8])
    >>> model.predict_votes([[-1.0], [1.0]], n_votes=3).argmax(axis=1)
    array([0, 3])
    """

    _multi_output = True

    def __init__(
        self,
        module="auto",
        *,
        likelihood="binomial",
        image_shape=None,
        n_draws=100,
        deterministic=False,
        prior_length_scale=None,
        max_epochs=50,
        max_steps=None,
        lr=0.001,
        batch_size=64,
        optimizer="Adam",
        criterion="auto",
        augment=None,
        train_split=None,
        callbacks=None,
        device="cpu",
        warm_start=False,
        random_state=None,
        verbose=0,
        **kwargs,
    ):
        super().__init__(
            module,
            image_shape=image_shape,
            n_draws=n_draws,
            deterministic=deterministic,
            prior_length_scale=prior_length_scale,
            max_epochs=max_epochs,
            max_steps=max_steps,
            lr=lr,
            batch_size=batch_size,
            optimizer=optimizer,
            criterion=criterion,
            augment=augment,
            train_split=train_split,
            callbacks=callbacks,
            device=device,
            warm_start=warm_start,
            random_state=random_state,
            verbose=verbose,
            **kwargs,
        )
        self.likelihood = likelihood

    # ------------------------------------------------------------------ learning

    def fit(self, X, y):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The training rows.
        y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
            Their votes: yes votes k and all votes N; 0 of 0 where a question was not
            asked. A row may come again with further votes; for a beta-binomial their
            totals in one row say more truly that it is one row.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        NoDropoutError
            If the module has no dropout and ``deterministic`` is False.
        ValueError, TypeError
            If X, y or a parameter is not as it must be; the message says which. Also if
            there is no vote at all.

        Warns
        -----
        VotesWarning
            If a question has no votes, or no row with two of them where a concentration
            is to be learned, or a module of your own seems to give no logits.
        """
        super().fit(X, y)
        self._has_question_axis = np.ndim(y) == 3
        if not isinstance(self.module, str):
            rows = take(X, slice(0, _FEW_ROWS))
            rho = self.predict_samples(rows, 1, random_state=0)
            warn_of_sigmoids(rho, type(self).__name__)
        return self

    def _check_parameters(self):
        owner = type(self).__name__
        super()._check_parameters()
        check_option(self.likelihood, "likelihood", LIKELIHOODS, owner)
        if self.criterion != "auto" and self.likelihood != "binomial":
            raise ValueError(
                f"{owner} got both likelihood={self.likelihood!r} and a criterion of "
                "its own, which take the same place: give one of them."
            )

    def _check_fit_rows(self, X, y):
        votes = check_votes(y, type(self).__name__)
        X, _ = super()._check_fit_rows(X, votes[:, 0, 1])
        return X, votes

    def _learn_targets(self, y):
        owner, n_questions = type(self).__name__, y.shape[1]
        is_first = not (self.warm_start and hasattr(self, "net_"))
        if not is_first:
            self._check_same_as_before(n_questions)
        check_some_votes(y, owner)
        if self.likelihood == "beta-binomial":
            # A question that nobody was asked has its own warning.
            single = np.flatnonzero(y[..., 1].max(axis=0) == 1)
            if len(single):
                warn_of_single_votes(single[0], owner)
        self._learn_start(y, is_first)
        return y.astype(np.float32)

    def _check_same_as_before(self, n_questions):
        owner = f"{type(self).__name__} with warm_start=True"
        if n_questions != self.n_questions_:
            raise ValueError(
                f"y given to {owner} has votes on {n_questions} questions, but the "
                f"first fit had {self.n_questions_}."
            )
        if self.likelihood != self._fitted_likelihood:
            raise ValueError(
                f"likelihood of {owner} is {self.likelihood!r}, but the first fit had "
                f"{self._fitted_likelihood!r}: set warm_start=False to begin anew."
            )

    def _learn_start(self, votes, is_first):
        from skbal.models._networks._vote_losses import (
            LARGEST_CONCENTRATION,
            first_concentration,
        )

        start = first_concentration(votes)
        if is_first:
            self.n_questions_ = votes.shape[1]
            self._fitted_likelihood = self.likelihood
            self._start = start
            return
        # Where votes tell it only now, the network goes on from what infinity was.
        only_now = np.isinf(self._start) & np.isfinite(start)
        self._start = np.where(only_now, LARGEST_CONCENTRATION, self._start)

    def _probe(self, net, X):
        from torch import nn

        super()._probe(net, X)
        if isinstance([*net.module_.modules()][-1], nn.Sigmoid):
            raise ValueError(
                f"module of {type(self).__name__} must give logits, but "
                f"{type(net.module_).__name__} ends in a Sigmoid: leave it out, the "
                "likelihood needs what comes before it."
            )

    def _net_class(self):
        from skbal.models._networks._training import RegressorNet

        return RegressorNet

    def _criterion_class(self):
        from skbal.models._networks._vote_losses import BetaBinomialLoss, BinomialLoss

        if self.criterion != "auto":
            return self.criterion
        return BinomialLoss if self.likelihood == "binomial" else BetaBinomialLoss

    def _image_network(self):
        from skbal.models._networks._architectures import GalaxyCNN

        return GalaxyCNN

    def _loss_parameters(self, n_samples):
        parameters = super()._loss_parameters(n_samples)
        if self.likelihood == "binomial":
            return parameters
        return {**parameters, "criterion__start": self._start}

    def _n_outputs(self):
        return self.n_questions_

    def _n_network_outputs(self):
        return self.n_questions_ * (1 if self.likelihood == "binomial" else 2)

    def _columns(self):
        if self.likelihood == "binomial":
            return "one column a question"
        return (
            "two columns a question (the logits of all, then as many for the "
            "concentrations)"
        )

    def _from_outputs(self, outputs):
        import torch

        outputs = outputs[..., : self.n_questions_]
        # A network is never certain: what float32 rounds to 0 or 1 stays beside it,
        # else a single vote against it would have the probability 0.
        smallest = torch.finfo(torch.float32).eps / 2
        return torch.sigmoid(outputs).clamp(smallest, 1 - smallest)

    # ---------------------------------------------------------------- predicting

    def predict(self, X):
        """Return rho, the probability that one volunteer says yes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The rows, as ``fit`` took them.

        Returns
        -------
        rho : ndarray of shape (n_samples,) or (n_samples, n_questions)
            The mean of ``n_draws`` draws; the axis of questions is there if the y of
            ``fit`` had it.
        """
        return self._as_y(self._mean_draw(X))

    def _concentrations(self, X):
        found = np.full((len(self._check_rows(X)), self.n_questions_), np.inf)
        if self._fitted_likelihood != "binomial":  # else no draw tells more
            for rows, _, concentration in self._vote_draws(X):
                found[rows] = concentration
        return found

    def _vote_draws(self, X):
        X = self._check_rows(X)
        if self._fitted_likelihood == "binomial":
            for rows, rho in self._fitted_chunks(X):
                yield rows, rho, np.full((len(rho), self.n_questions_), np.inf)
            return
        for rows, both in self._fitted_chunks(X, self._rho_and_log_concentration):
            rho, logs = np.split(both, 2, axis=2)
            concentration = np.exp(logs.mean(axis=1, dtype=np.float64))
            yield rows, rho, np.where(np.isinf(self._start), np.inf, concentration)

    def _rho_and_log_concentration(self, outputs):
        import torch

        from skbal.models._networks._vote_losses import logits_and_log_concentration

        _, logs = logits_and_log_concentration(outputs, self._start)
        return torch.cat([self._from_outputs(outputs), logs.float()], dim=-1)
