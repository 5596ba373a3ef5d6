"""The deep ensemble classifier."""

from skbal.models._ensemble._base import DeepEnsemble
from skbal.models._networks._class_targets import ClassTargets


class DeepEnsembleClassifier(ClassTargets, DeepEnsemble):
    """Several neural networks, each of which is a draw of the class probabilities.

    Each draw is one network, the same for every row. Networks that started from
    different weights agree where there are training rows and differ elsewhere.
    ``predict_proba`` is the mean over the members. `predict_samples` returns the
    members' probabilities.

    Dropout, if a network has it, acts in training only.

    Parameters
    ----------
    module : "auto" or torch.nn.Module class or instance, default="auto"
        The network. "auto" takes the CNN of Gal et al. (2017), `GalCNN`, for images and
        a multilayer perceptron, `DropoutMLP`, for rows of numbers. ``module__*`` sets
        their parameters, for instance ``module__hidden_units``. A module of your own
        has one output column per class: logits, probabilities or log-probabilities,
        which is recognised from their values. It may have dropout or not. The layers of
        an instance draw new first weights by their ``reset_parameters``.
    n_members : int, default=5
        Number of networks.
    image_shape : tuple of int, optional
        Shape (channels, height, width) or (height, width) of an image, if the rows of X
        are flattened images.
    standardize : "auto" or bool, default="auto"
        Whether rows are standardized: the mean of the training rows is subtracted, and
        the result divided by their standard deviation. Columns of a table are
        standardized one by one, and images by channel, over all pixels. "auto" does so
        for ``module="auto"``.
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
        Whether ``fit`` continues from the weights of the previous ``fit``. Each member
        continues, and new members are added if ``n_members`` has grown.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context. The workers train the members. The results do
        not depend on their number.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the first weights and the training of each member.
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
    members_ : list of skorch.NeuralNetClassifier
        The trained nets. ``members_[0].module_`` is a network, ``members_[0].history``
        its training.
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
    n_steps_ : ndarray of shape (n_members,)
        Number of gradient steps taken by each member.

    See Also
    --------
    MCDropoutClassifier : One network, whose dropout masks are the draws.
    LaplaceClassifier : Draws of the last layer only.

    References
    ----------
    Lakshminarayanan, B., Pritzel, A. and Blundell, C. (2017). Simple and scalable
    predictive uncertainty estimation using deep ensembles. NeurIPS.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skbal.models import DeepEnsembleClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = DeepEnsembleClassifier(n_members=3, random_state=0).fit(X, y)
    >>> model.predict_samples(X).shape
    (150, 3, 3)
    >>> bool(model.score(X, y) > 0.9)
    True
    """

    def __init__(
        self,
        module="auto",
        *,
        n_members=5,
        image_shape=None,
        standardize="auto",
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
        n_jobs=None,
        random_state=None,
        verbose=0,
        **kwargs,
    ):
        super().__init__(
            module,
            n_members=n_members,
            image_shape=image_shape,
            standardize=standardize,
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
            n_jobs=n_jobs,
            random_state=random_state,
            verbose=verbose,
            **kwargs,
        )
        self.classes = classes
        self.class_weight = class_weight
