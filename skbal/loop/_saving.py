"""A loop in a file that holds no pickle, and the loop that goes on from it.

The file holds the history, the answers, the parameters of the learner as plain data,
what the filter and the stopping rules remember, and the weights of a network. The pool,
the test set and the oracle are not in it: the user gives them again.
"""

from dataclasses import fields

import numpy as np
from sklearn.base import clone

from skbal._utils.bundles import Bundle, reading_bundle, write_bundle
from skbal._utils.fingerprints import check_fingerprint, fingerprint
from skbal._utils.initial import selects_rows
from skbal._utils.plain_parts import Packer, parameters_of, unpacked
from skbal._utils.result_files import check_provenance
from skbal.loop._advance import advance, memory_of
from skbal.loop._checks import (
    OWNER,
    check_candidates,
    check_learner,
    check_loop,
    check_oracle,
    check_stopping,
    scored_estimator,
    stopping_rules,
    weight_name,
)
from skbal.loop._history import History
from skbal.loop._pool import Pool
from skbal.loop._ruling import Ruling
from skbal.loop._saved_learner import (
    WEIGHTS,
    check_probe,
    check_same_learner,
    learner_from,
    load_weights,
    packed,
    packed_learner,
    rows_from,
)
from skbal.loop._step import Lesson, Step

_STORED = (
    "n_queries",
    "n_instances",
    "initial",
    "candidates",
    "max_rejected",
    "stopping",
    "scoring",
    "sample_weight",
    "verbose",
)


class SavingMixin:
    """Gives ``save`` and ``load``."""

    def save(self, path):
        """Save the loop to a file without pickle, to go on from it another day.

        The file holds the history, the answers, what they have cost, rows that were
        skipped, answers that wait to be taught, the parameters of the learner, and
        what a label filter and stopping rules remember. It holds neither the pool nor
        the test set nor the oracle, which are given to `load` again.

        The model is restored so that the next question is the same:

        - A network with ``save_weights`` has its weights in the file, and with
          ``warm_start=True`` the state of its optimizer, too.
        - Any other estimator is fitted again by `load`, to the same rows in the same
          order. With an integer as ``random_state`` this gives the same model. With
          None it gives another one, as each fit does.

        The loop may be in the middle of a step, for instance after an error of the
        oracle, or not started.

        Parameters
        ----------
        path : str or os.PathLike
            The file. It appears whole or not at all. An existing file is replaced.

        Raises
        ------
        TypeError
            If something has no plain form: the learner is not a `skbal.ActiveLearner`
            or a `skbal.BayesianOptimizer`, a filter or a stopping rule remembers
            objects, or the learner was taught data frames that are not from the pool.
        ValueError
            If the model or its next fit would be another one: the estimator has
            ``warm_start=True`` and is no network of skbal, or one with callbacks; it
            has a random stream as ``random_state``; or it was fitted to rows that the
            learner was not taught.

        See Also
        --------
        load : Go on from the file.

        Examples
        --------
        >>> import tempfile
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.naive_bayes import GaussianNB
        >>> from skbal import ActiveLearner
        >>> from skbal.loop import ActiveLearningLoop
        >>> from skbal.oracles import LabelOracle
        >>> from skbal.query import MaxEntropy
        >>> X, y = load_iris(return_X_y=True)
        >>> loop = ActiveLearningLoop(
        ...     ActiveLearner(GaussianNB(), MaxEntropy(random_state=0)),
        ...     X, LabelOracle(y), n_queries=2, n_instances=5, initial=[0, 50, 100],
        ... ).run()
        >>> folder = tempfile.TemporaryDirectory()
        >>> loop.save(f"{folder.name}/loop.skbal")
        >>> again = ActiveLearningLoop.load(
        ...     f"{folder.name}/loop.skbal", X, LabelOracle(y))
        >>> again.n_queries = 3
        >>> again.run().history_.n_labels.tolist()
        [3, 8, 13, 18]
        >>> folder.cleanup()
        """
        packer = Packer()
        content, files = _packed_loop(self, packer)
        write_bundle(path, OWNER, Bundle(content, packer.arrays, files))

    @classmethod
    def load(
        cls,
        path,
        X_pool,
        oracle,
        *,
        learner=None,
        X_test=None,
        y_test=None,
        scoring=None,
        stopping=None,
    ):
        """Return the loop that `save` wrote; it goes on where that one was.

        Nothing in the file is executed: no pickle, and no class but those of
        scikit-learn and skbal.

        Parameters
        ----------
        path : str or os.PathLike
            The file.
        X_pool : array-like of shape (n_pool, ...)
            The rows of the pool, in the same order. Their number, their shape and 64 of
            them are compared with those from before.
        oracle : callable
            Answers what is asked from now on. What it has cost before it was given is
            not counted; what the answers in the file have cost is.
        learner : skbal.ActiveLearner, optional
            A learner that is made as the one that was saved, with the same parameters.
            It is changed in place: rows that it was taught are replaced by those of the
            file. ``None`` makes a learner from the file, where all of its parts are of
            scikit-learn or skbal and have plain parameters. It is needed for a torch
            module, a function or a class of your own.
        X_test : array-like of shape (n_test, ...), optional
            The test rows. Needed if and only if the loop had some.
        y_test : array-like of shape (n_test,) or (n_test, n_outputs), optional
            Their labels. Needed if and only if ``X_test`` is given.
        scoring : str or callable, optional
            As for the loop. ``None`` takes that of the file. Needed if it was a
            function.
        stopping : callable or list of callables, optional
            As for the loop. ``None`` takes that of the file. Needed if one of the rules
            was a function or of a class of your own. What the rules remember comes from
            the file.

        Returns
        -------
        loop : ActiveLearningLoop
            All parameters are those of the loop that was saved. To go on after its end,
            set a larger ``n_queries``.

        Raises
        ------
        ValueError
            If the file is damaged, was not written by `save`, or has a format that only
            a newer skbal reads; the message names the file. Or if the pool, the test
            set or the learner is another, or something that is needed is missing.
        TypeError
            If an argument is of the wrong kind.
        OSError
            If the file cannot be read.

        Warns
        -----
        TeachingWarning
            If the model, fitted again, predicts otherwise than the one that was saved.

        See Also
        --------
        save : Write the file; its example shows both.
        """
        given = {"scoring": scoring, "stopping": stopping}
        with reading_bundle(path, OWNER) as bundle:
            saved = _Saved(bundle)
        check_oracle(oracle, "oracle", f"{OWNER}.load")
        if learner is not None:
            check_learner(learner, "learner", f"{OWNER}.load")
        _check_rows(saved.content, X_pool, X_test, y_test)
        learner = learner_from(saved.learner, saved.arrays, saved.streams, learner)
        test = {"X_test": X_test, "y_test": y_test}
        loop = cls(learner, X_pool, oracle, **saved.parameters(given), **test)
        pool = Pool(X_pool, check_candidates(loop))
        _restore_learner(saved, loop, pool)
        if saved.state is None:
            check_loop(loop)
        else:
            _restore_state(saved, loop, pool)
        return loop


# -------------------------------------------------------------------------- to save


def _packed_loop(loop, packer):
    """Return the content of the file, and the files beside it."""
    started = hasattr(loop, "history_")
    if started:
        loop._settle()
        _take_answer_that_is_there(loop)
        pool = loop._pool = loop._pool.of(loop.X_pool, OWNER)
    else:
        pool = Pool(loop.X_pool)
    learner, files = packed_learner(loop.learner, pool, packer)
    parameters, others = _packed_parameters(loop, packer)
    content = {
        "pool": fingerprint(pool.given),
        "test": _prints_of(loop.X_test, loop.y_test),
        "learner": learner,
        "parameters": parameters,
        "others": others,
        "state": _packed_state(loop, packer) if started else None,
    }
    return content, files


def _take_answer_that_is_there(loop):
    """Take an answer that the oracle was paid for and that did not arrive."""
    step, oracle = loop._current(), loop.oracle
    if step is None or not hasattr(oracle, "has_answered"):
        return
    if oracle.has_answered(step.question):
        loop._step = advance(step, loop, loop._pool)


def _packed_parameters(loop, packer):
    """Return the parameters, and the names of those that have no plain form."""
    parameters, others = {}, []
    for name in _STORED:
        n_others = len(packer.others)
        parameters[name] = packer.pack(_value_of(loop, name), name)
        if len(packer.others) > n_others:
            others.append(name)
    if wrong := set(others) - {"scoring", "stopping"}:
        name = sorted(wrong)[0]
        raise TypeError(
            f"{OWNER} cannot be saved without pickle: {name} has no plain form, got "
            f"{getattr(loop, name)!r:.60}. joblib.dump(loop, path) saves it as it is."
        )
    return parameters, others


def _value_of(loop, name):
    value = getattr(loop, name)
    if name == "initial" and hasattr(loop, "history_"):
        return np.asarray(loop._initial)  # it has selected its rows
    rows = ("initial", "candidates", "sample_weight")
    if name not in rows or value is None or selects_rows(value):
        return value
    return np.asarray(value)


def _prints_of(X_test, y_test):
    if X_test is None:
        return None
    return {"X_test": fingerprint(X_test), "y_test": fingerprint(y_test)}


def _packed_state(loop, packer):
    oracle_cost = getattr(loop.oracle, "cost", None)
    label_filter = getattr(loop.learner, "label_filter", None)
    memory = memory_of(label_filter)
    return {
        "history": {
            "provenance": loop.history_.provenance,
            "records": loop.history_.to_records(),
        },
        "n_taught": int(loop._n_taught),
        "warned": loop._warned,
        "cost": None if oracle_cost is None else float(loop._cost()),
        "stop_reason": loop.stop_reason_,
        "ruling": _packed_ruling(loop._ruling, packer),
        "filter": packed(packer, memory, "what the label filter remembers"),
        "strategies": packed(
            packer, _memories_of_strategies(loop.learner), "what a strategy remembers"
        ),
        "step": None if loop._step is None else _packed_step(loop._step, packer),
    }


def _packed_ruling(ruling, packer):
    memories = [_memory_of_rule(rule) for rule in ruling.rules]
    return {
        "says": ruling.says,
        "n_steps": ruling.n_steps,
        "classes": [type(rule).__name__ for rule in ruling.rules],
        "memories": packed(packer, memories, "what the stopping rules remember"),
    }


def _memory_of_rule(rule):
    parameters = parameters_of(rule) or {}
    attributes = vars(rule) if hasattr(rule, "get_params") else {}
    return {name: v for name, v in attributes.items() if name not in parameters}


def _memories_of_strategies(learner):
    """Return what strategies have learned, by the name of their parameter."""
    return {
        name: {key: vars(part)[key] for key in part.memory_names if key in vars(part)}
        for name, part in _strategies_of(learner).items()
    }


def _strategies_of(learner):
    """Return a learner's strategy and those inside of it that learn, by name."""
    strategy = getattr(learner, "query_strategy", None)
    parts = {"": strategy}
    if hasattr(strategy, "get_params") and not isinstance(strategy, type):
        parts.update(strategy.get_params(deep=True))
    return {
        name: part for name, part in parts.items() if getattr(part, "memory_names", ())
    }


def _packed_step(step, packer):
    # A question that was asked and not answered is asked again.
    values = {part.name: getattr(step, part.name) for part in fields(Step)}
    values["question"] = None
    values["earlier"] = {"indices": step.earlier.indices, "labels": step.earlier.labels}
    return packed(packer, values, "answers")


# -------------------------------------------------------------------------- to load


_FORM = {
    "pool": dict.fromkeys(("n_rows", "row_shape", "columns", "digest")),
    "test": None,
    "learner": dict.fromkeys(("learner", "others", "rows", "model", "probe")),
    "parameters": dict.fromkeys(_STORED),
    "others": None,
    "state": None,
}
_FORM_OF_STATE = {
    **dict.fromkeys(("n_taught", "warned", "cost", "stop_reason", "filter", "step")),
    "history": dict.fromkeys(("provenance", "records")),
    "ruling": dict.fromkeys(("says", "n_steps", "classes", "memories")),
}


def _check_form(content, form, what):
    """Raise a ValueError unless dicts have the keys that they must have."""
    if not isinstance(content, dict) or not form.keys() <= content.keys():
        raise ValueError(f"{what} must have the entries {', '.join(form)}")
    for name, inside in form.items():
        if inside is not None:
            _check_form(content[name], inside, name)


class _Saved:
    """What a file holds, read as far as it can be without the user's objects."""

    def __init__(self, bundle):
        self.content, self.arrays, self.files = bundle
        self.streams = {}
        _check_form(self.content, _FORM, "its content")
        self.learner, self.state = self.content["learner"], self.content["state"]
        if self.learner["model"] == "weights" and WEIGHTS not in self.files:
            raise ValueError(f"{WEIGHTS} is missing")
        self.history = self.step = None
        if self.state is not None:
            _check_form(self.state, _FORM_OF_STATE, "its state")
            self._read_state()

    def _read_state(self):
        history = self.state["history"]
        self.history = History.from_records(history["records"])
        self.history.provenance = check_provenance(history["provenance"])
        self.memories = unpacked(self.state["ruling"]["memories"], self.arrays)
        self.filter = unpacked(self.state["filter"], self.arrays)
        none = {"dict": []}  # a file of an older version has no strategies that learn
        self.strategies = unpacked(self.state.get("strategies", none), self.arrays)
        _check_form(self.strategies, {}, "what strategies remember")
        if self.state["step"] is not None:
            values = unpacked(self.state["step"], self.arrays)
            _check_form(
                values, dict.fromkeys(part.name for part in fields(Step)), "step"
            )
            values["earlier"] = Lesson(**values["earlier"])
            self.step = Step(**values)

    def parameters(self, given):
        """Return the arguments of the loop, some of which the user gives again."""
        stored = self.content["parameters"]
        missing = [n for n in self.content["others"] if given.get(n) is None]
        if missing:
            raise ValueError(
                f"{missing[0]} of {OWNER}.load is needed: that of the loop was a "
                "function or of a class of your own, which is not made from a file."
            )
        return {
            name: given.get(name)
            if given.get(name) is not None
            else unpacked(stored[name], self.arrays, self.streams)
            for name in _STORED
        }


def _check_rows(content, X_pool, X_test, y_test):
    owner = f"{OWNER}.load"
    check_fingerprint(content["pool"], X_pool, f"X_pool of {owner}")
    before = content["test"]
    for name, value in (("X_test", X_test), ("y_test", y_test)):
        if (before is None) != (value is None):
            had = "had none" if before is None else "had one, so give it again"
            raise ValueError(
                f"{name} of {owner} must be as in the loop that was saved: it {had}."
            )
        if value is not None:
            check_fingerprint(before[name], value, f"{name} of {owner}")


def _restore_learner(saved, loop, pool):
    learner = loop.learner
    if saved.state is not None and hasattr(learner, "observe_pool"):
        learner.observe_pool(pool.unlabelled())
    check_same_learner(saved.learner, saved.arrays, learner, Packer())
    model = saved.learner["model"]
    kept = rows_from(saved.learner, saved.arrays, pool)
    learner._keep(kept, fit=model == "refit")
    if model == "weights":
        load_weights(learner.estimator, saved.files[WEIGHTS])
    if model != "unfitted":
        check_probe(saved.learner, saved.arrays, learner.estimator, pool)


def _restore_state(saved, loop, pool):
    state, learner = saved.state, loop.learner
    for record in saved.history:
        pool.take(record.indices)
    label_filter = getattr(learner, "label_filter", None)
    if hasattr(label_filter, "__dict__"):
        vars(label_filter).update(saved.filter)
    for name, part in _strategies_of(learner).items():
        memory = saved.strategies.get(name, {})
        vars(part).update({k: memory[k] for k in part.memory_names if k in memory})
    loop._pool, loop._initial = pool, np.asarray(loop.initial, dtype=np.intp)
    loop._n_taught, loop._warned = state["n_taught"], state["warned"]
    loop._weight_name = weight_name(scored_estimator(learner))
    loop._step, loop._ruling = saved.step, _ruling_from(saved, loop)
    before = 0.0 if state["cost"] is None else state["cost"]
    loop._paid_to = loop.oracle, before - getattr(loop.oracle, "cost", 0.0)
    loop.stop_reason_, loop._noted = state["stop_reason"], False
    loop.history_ = saved.history


def _ruling_from(saved, loop):
    check_stopping(loop.stopping, "stopping", OWNER)
    ruling = saved.state["ruling"]
    rules = [clone(rule, safe=False) for rule in stopping_rules(loop.stopping)]
    classes = [type(rule).__name__ for rule in rules]
    if classes != ruling["classes"]:
        return Ruling(loop.stopping, rules)  # other rules, which remember nothing
    for rule, memory in zip(rules, saved.memories):
        if memory:
            vars(rule).update(memory)
    return Ruling(loop.stopping, rules, ruling["says"], ruling["n_steps"])
