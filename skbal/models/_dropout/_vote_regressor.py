"""The Monte-Carlo dropout model of volunteer votes."""

from skbal.models._dropout._base import MCDropout
from skbal.models._networks._vote_targets import VoteTargets


class MCDropoutVoteRegressor(VoteTargets, MCDropout):
    """A network with dropout that predicts how many of N volunteers say yes.

    A label is k yes votes of N. The network gives rho, the probability that one
    volunteer says yes, and learns by the likelihood of the votes. So a row with forty
    votes teaches it more than a row with three [1]_. Over the draws, k has a mixture of
    binomials, which is wider than one model's where the models disagree. Several
    questions share the network up to its last layer. A label may also be the counts of
    several answers.

    Dropout stays on at prediction time. Each draw is one set of dropout masks, the same
    for every row.

    Parameters
    ----------
    module : "auto" or torch.nn.Module class or instance, default="auto"
        The network. "auto" takes the CNN of Walmsley et al. (2020), `GalaxyCNN`, for
        images and a multilayer perceptron, `DropoutMLP`, for rows of numbers.
        ``module__*`` sets their parameters, for instance ``module__hidden_units``. A
        module of your own has one output column of logits per question, without a
        sigmoid. For a beta-binomial, as many columns for the concentrations follow. For
        counts it has one column per answer, without a softmax, and for a
        Dirichlet-multinomial one more per question. It needs dropout.
    likelihood : {"binomial", "beta-binomial", "multinomial", \
"dirichlet-multinomial"}, default="binomial"
        "binomial": all volunteers say yes to a row with the same probability. The draws
        hold all uncertainty about it. "beta-binomial": rows that look alike to the
        network still differ in this probability, as galaxies do. The network learns by
        how much; see `predict_concentration`. "multinomial" and "dirichlet-multinomial"
        are the same for counts of several answers [2]_.
    questions : list of tuple, optional
        The questions that the columns of counts belong to, as (name, answers), or as
        (name, answers, asked_of) for a question that is put only to those who gave the
        answer ``asked_of`` before. ``None`` is one question about all columns. Only for
        "multinomial" and "dirichlet-multinomial".
    image_shape : tuple of int, optional
        Shape (channels, height, width) or (height, width) of an image, if the rows of X
        are flattened images.
    standardize : "auto" or bool, default="auto"
        Whether rows are standardized: the mean of the training rows is subtracted, and
        the result divided by their standard deviation. Columns of a table are
        standardized one by one, and images by channel, over all pixels. "auto" does so
        for ``module="auto"``.
    n_draws : int, default=100
        Number of posterior draws that ``predict_samples`` returns by default and that
        predictions average.
    deterministic : bool, default=False
        Whether dropout is off at prediction time. There is then one prediction and no
        draws.
    prior_length_scale : float, optional
        Length scale l of a Gaussian prior on the weights. It sets the weight decay
        ``l**2 / n_samples`` (Gal and Ghahramani 2016, eq. 7), where l includes the
        probability of keeping a unit and the noise precision. ``None`` sets no weight
        decay; ``optimizer__weight_decay`` still may.
    max_epochs : int, default=50
        Number of passes over the training rows.
    max_steps : int, optional
        Number of gradient steps, used instead of ``max_epochs``. Training may stop
        within an epoch. An epoch of 20 labels has few steps and one of 1,000 labels
        many, so this parameter suits a training set that grows.
    lr : float, default=0.001
        Learning rate.
    batch_size : int, default=64
        Largest number of rows in a gradient step. The batches of an epoch have nearly
        equal sizes.
    optimizer : str or torch.optim.Optimizer class, default="Adam"
        A name in ``torch.optim`` or a class. ``optimizer__*`` sets its parameters.
    criterion : "auto" or torch loss class, default="auto"
        "auto" is the likelihood. A class is called with logits of shape (n_rows,
        n_questions) and votes of shape (n_rows, n_questions, 2). Predictions are then
        binomial.
    augment : callable, optional
        Called with each training batch (a tensor), returns a batch of the same shape;
        see `RandomShift`.
    train_split : float or callable, optional
        Share of the training rows that are kept for validation, for callbacks that need
        a validation set. They are drawn at random, the same share from each class. Or
        a callable as in skorch, for instance ``skorch.dataset.ValidSplit(5)``.
    callbacks : list, optional
        skorch callbacks. ``callbacks__*`` sets their parameters.
    device : str, default="cpu"
        Device on which the network runs, for instance "cuda".
    precision : {"float32", "bf16"}, default="float32"
        Arithmetic of the training. "bf16" multiplies in bfloat16, which takes less time
        where the processor or the graphics card has instructions for it. Weights, their
        steps, validation and predictions stay in float32.
    warm_start : bool, default=False
        Whether ``fit`` continues from the weights of the previous ``fit``.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the first weights, the training, and the draws behind predictions.
    verbose : int, default=0
        1 shows a progress bar over epochs.
    **kwargs : dict
        Parameters of the parts of the skorch net: ``module__*``, ``optimizer__*``,
        ``criterion__*``, ``callbacks__*``, ``iterator_train__*``, ``dataset__*``.

    Attributes
    ----------
    n_questions_ : int
        Number of questions in y.
    questions_ : list of tuple or None
        The questions as (name, answers, asked_of), with ``asked_of`` a pair (question,
        answer) or None. ``None`` for votes k of N.
    net_ : skorch.NeuralNetRegressor
        The trained net. ``net_.module_`` is the network, ``net_.history`` the training.
    n_features_in_ : int
        Number of features seen by ``fit``, if the rows are flat.
    feature_names_in_ : ndarray of str
        Column names, if X was a data frame.
    row_shape_ : tuple of int
        Shape of a row of X.
    row_mean_, row_scale_ : ndarray of shape (n_features,) or (channels, 1, 1), or None
        What is subtracted from a row, and by what it is then divided. None if rows are
        not standardized.
    n_steps_ : int
        Number of gradient steps taken.
    draw_seed_ : int
        Seed of the draws behind predictions.

    See Also
    --------
    DeepEnsembleVoteRegressor : Several networks, one draw each.
    BayesianVoteRegression : A linear model of votes, without a network.
    LastLayerVoteRegressor : A linear model of votes on the features of a network.
    skbal.query.VoteBALD : Asks for the votes that tell most about the weights.

    References
    ----------
    .. [1] M. Walmsley et al. (2020), Galaxy Zoo: probabilistic morphology through
       Bayesian CNNs and active learning, MNRAS 491.
    .. [2] M. Walmsley et al. (2022), Galaxy Zoo DECaLS: detailed visual morphology
       measurements from volunteers and deep learning for 314,000 galaxies, MNRAS 509.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.models import MCDropoutVoteRegressor
    >>> X = np.linspace(-1, 1, 100)[:, None]
    >>> votes = np.stack([np.round(20 + 15 * X[:, 0]), np.full(100, 40)], axis=1)
    >>> model = MCDropoutVoteRegressor(n_draws=30, random_state=0).fit(X, votes)
    >>> model.predict_samples(X, random_state=0).shape
    (100, 30, 1)
    >>> low, high = model.predict([[-1.0], [1.0]])
    >>> bool(low < 0.3 and high > 0.7)
    True
    >>> model.predict_votes([[-1.0], [1.0]], n_votes=3).argmax(axis=1)
    array([0, 3])
    """

    def __init__(
        self,
        module="auto",
        *,
        likelihood="binomial",
        questions=None,
        image_shape=None,
        standardize="auto",
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
        precision="float32",
        warm_start=False,
        random_state=None,
        verbose=0,
        **kwargs,
    ):
        super().__init__(
            module,
            image_shape=image_shape,
            standardize=standardize,
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
            precision=precision,
            warm_start=warm_start,
            random_state=random_state,
            verbose=verbose,
            **kwargs,
        )
        self.likelihood = likelihood
        self.questions = questions
