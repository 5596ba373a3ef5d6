"""The Monte-Carlo dropout classifier."""

from skbal.models._dropout._base import MCDropout
from skbal.models._networks._class_targets import ClassTargets


class MCDropoutClassifier(ClassTargets, MCDropout):
    """A neural network that draws class probabilities by dropout.

    Dropout stays on at prediction time. Each draw is one set of dropout masks, the same
    for every row. ``predict_proba`` is the mean of ``n_draws`` draws with a seed fixed
    by ``fit``, so it is repeatable. `predict_samples` returns the draws themselves.

    Parameters
    ----------
    module : "auto" or torch.nn.Module class or instance, default="auto"
        The network. "auto" takes the CNN of Gal et al. (2017), `GalCNN`, for images and
        a multilayer perceptron, `DropoutMLP`, for rows of numbers. ``module__*`` sets
        their parameters, for instance ``module__hidden_units``. A module of your own
        has one output column per class: logits, probabilities or log-probabilities,
        which is recognised from their values. It needs dropout.
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
        "auto" is the cross-entropy.
    classes : array-like of shape (n_classes,), optional
        All classes, if the first labels may lack some. The network has an output for
        each from the start, and ``classes_`` is sorted. ``None`` takes the classes in
        y.
    class_weight : "balanced" or dict, optional
        Weights of the classes in the loss, ``{label: weight}``. "balanced" gives rare
        classes more weight, so that all classes count alike. ``None`` lets all rows
        count alike.
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
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    taught_classes_ : ndarray of shape (n_taught,)
        Those of them that the network has seen a label of.
    net_ : skorch.NeuralNetClassifier
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
    output_kind_ : {"logits", "probabilities", "log_probabilities"}
        The outputs of the module.
    n_steps_ : int
        Number of gradient steps taken.
    draw_seed_ : int
        Seed of the draws behind predictions.

    See Also
    --------
    DeepEnsembleClassifier : Several networks, one draw each.
    LaplaceClassifier : Draws of the last layer only.

    References
    ----------
    Gal, Y. and Ghahramani, Z. (2016). Dropout as a Bayesian approximation:
    representing model uncertainty in deep learning. ICML.

    Gal, Y., Islam, R. and Ghahramani, Z. (2017). Deep Bayesian active learning with
    image data. ICML.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skbal.models import MCDropoutClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = MCDropoutClassifier(n_draws=20, random_state=0).fit(X, y)
    >>> draws = model.predict_samples(X, random_state=0)
    >>> draws.shape
    (150, 20, 3)
    >>> bool(model.score(X, y) > 0.9)
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
        classes=None,
        class_weight=None,
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
        self.classes = classes
        self.class_weight = class_weight
