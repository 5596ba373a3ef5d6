"""The Monte-Carlo dropout classifier of several yes/no labels per row."""

from skbal.models._dropout._base import MCDropout
from skbal.models._networks._label_targets import LabelTargets


class MCDropoutMultiLabelClassifier(LabelTargets, MCDropout):
    """A network with dropout for several yes/no labels per row.

    A label is 0 for no and 1 for yes. The network gives a probability of yes for each
    label of a row, and its labels share the network up to its last layer. A label may
    be missing (NaN) beside others of its row; the network learns from those that are
    there. Within a draw the labels are independent, over the draws they are not.

    Dropout stays on at prediction time. Each draw is one set of dropout masks, the same
    for every row and label.

    Parameters
    ----------
    module : "auto" or torch.nn.Module class or instance, default="auto"
        The network. "auto" takes the CNN of Gal et al. (2017), `GalCNN`, for images and
        a multilayer perceptron, `DropoutMLP`, for rows of numbers. ``module__*`` sets
        their parameters, for instance ``module__hidden_units``. A module of your own
        has one output column of logits per label, without a sigmoid. It needs dropout.
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
        "auto" is the binary cross-entropy, summed over the labels of a row. A class is
        called with logits and labels of shape (n_rows, n_labels), NaN where a label is
        missing.
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
    n_labels_ : int
        Number of labels per row.
    classes_ : list of ndarray of shape (2,)
        The answers 0 and 1 for each label, as in scikit-learn's classifiers of several
        outputs.
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
    MCDropoutClassifier : One label per row, also soft labels.
    DeepEnsembleMultiLabelClassifier : Several networks, one draw each.
    MCDropoutVoteRegressor : Votes of several volunteers on each label.
    skbal.query.JointLabelBALD : Asks for the labels that tell most together.

    References
    ----------
    Gal, Y. and Ghahramani, Z. (2016). Dropout as a Bayesian approximation:
    representing model uncertainty in deep learning. ICML.

    Examples
    --------
    >>> from sklearn.datasets import make_multilabel_classification
    >>> from skbal.models import MCDropoutMultiLabelClassifier
    >>> X, y = make_multilabel_classification(200, n_classes=4, random_state=0)
    >>> model = MCDropoutMultiLabelClassifier(n_draws=20, random_state=0).fit(X, y)
    >>> model.predict_samples(X, random_state=0).shape
    (200, 20, 4)
    >>> right = model.predict(X) == y
    >>> bool(right.mean() > 0.8)
    True
    """

    def __init__(
        self,
        module="auto",
        *,
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
