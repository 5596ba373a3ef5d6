"""People at a keyboard, played by lists: what they see, type, and may take back."""

import matplotlib
import numpy as np
import pytest

from skbal.oracles import SKIP, InteractiveOracle

X = np.arange(12.0).reshape(6, 2)


class Person:
    """Types what a list holds, and leaves at its end; remembers what was asked."""

    def __init__(self, *typed, leaves=EOFError):
        self.typed, self.leaves = list(typed), leaves
        self.questions, self.told, self.shown = [], [], []

    def ask(self, question):
        self.questions.append(question)
        if not self.typed:
            raise self.leaves
        return self.typed.pop(0)

    def show(self, row, number):
        self.shown.append((np.asarray(row).tolist(), number))

    def oracle(self, classes=("cat", "dog"), **parameters):
        parameters = {"X_pool": X, "show": self.show, **parameters}
        return InteractiveOracle(
            classes=classes, ask=self.ask, write=self.told.append, **parameters
        )


def test_each_row_is_shown_and_asked_about_in_order():
    person = Person("dog", " cat ", "dog")
    oracle = person.oracle(cost_per_label=3)
    assert oracle([4, 1, 2]).tolist() == ["dog", "cat", "dog"]
    assert person.shown == [([8.0, 9.0], 4), ([2.0, 3.0], 1), ([4.0, 5.0], 2)]
    assert person.questions[1] == "Label of row 1 (cat, dog), 2 of 3: "
    assert (oracle.n_asked, oracle.cost) == (3, 9.0)
    assert oracle([2, 4]).tolist() == ["dog", "dog"]
    assert len(person.questions) == 3


def test_what_is_no_class_is_refused_with_the_list_of_classes():
    person = Person("cow", "", "dog")
    assert person.oracle()([0]).tolist() == ["dog"]
    assert "'cow' is none of: cat, dog\n" in person.told
    assert person.typed == []


@pytest.mark.parametrize(
    ("classes", "typed", "label", "dtype"),
    [
        (np.array([3, 7], dtype=np.int8), "7", 7, np.int8),
        ([0.5, 1.5], "1.5", 1.5, np.float64),
        (["1", "2"], "2", "2", np.dtype("<U1")),
        ([True, False], "False", False, np.bool_),
        (["none", 1], "1", 1, np.int64),
    ],
)
def test_what_is_typed_becomes_one_of_the_classes(classes, typed, label, dtype):
    answer = Person(typed).oracle(classes)([0])
    assert answer.tolist() == [label]
    assert answer.dtype == dtype


def test_the_beginning_of_one_class_will_do():
    person = Person("d", "ca", "c", "cat", "cats")
    answers = person.oracle(["cat", "cats", "dog"])([0, 1, 2])
    assert answers.tolist() == ["dog", "cat", "cats"]
    assert [text for text in person.told if "begins" in text] == [
        "'ca' begins several of them: cat, cats\n",
        "'c' begins several of them: cat, cats\n",
    ]


def test_the_beginning_of_a_number_is_another_number():
    person = Person("1", "12")
    assert person.oracle([12, 20])([0]).tolist() == [12]
    assert "'1' is none of: 12, 20\n" in person.told


def test_any_text_but_none_is_taken_without_classes():
    person = Person("", "what ever")
    assert person.oracle(None)([0]).tolist() == ["what ever"]
    assert "Type a label.\n" in person.told
    assert person.questions[0] == "Label of row 0, 1 of 1: "


def test_many_classes_are_not_named_in_each_question():
    person = Person("17")
    person.oracle(list(range(30)))([0])
    assert person.questions == ["Label of row 0, 1 of 1: "]


# Going back and leaving rows


def test_an_answer_can_be_taken_back_and_given_again():
    person = Person("cat", "cat", "<", "<", "dog", "cat", "cat")
    oracle = person.oracle()
    assert oracle([0, 1, 2]).tolist() == ["dog", "cat", "cat"]
    assert [number for _, number in person.shown] == [0, 1, 2, 1, 0, 1, 2]
    assert (oracle.n_asked, oracle.cost) == (3, 3)


def test_there_is_no_way_back_into_an_earlier_batch():
    person = Person("cat", "<", "dog")
    oracle = person.oracle()
    oracle([0])
    assert oracle([1]).tolist() == ["dog"]
    assert "There is no answer to go back to.\n" in person.told
    assert oracle.answers_ == {0: "cat", 1: "dog"}


def test_a_row_that_is_left_comes_last():
    person = Person(">", "cat", "dog", ">", "cat")
    assert person.oracle()([0, 1, 2]).tolist() == ["cat", "cat", "dog"]
    assert [number for _, number in person.shown] == [0, 1, 2, 0, 0]


@pytest.mark.parametrize("leaves", [EOFError, KeyboardInterrupt])
def test_who_leaves_has_not_answered_in_vain(leaves):
    person = Person("cat", "dog", "<", leaves=leaves)
    oracle = person.oracle()
    with pytest.raises(leaves):
        oracle([3, 4, 5])
    assert oracle.answers_ == {3: "cat"}
    assert oracle.n_asked == 1
    person.typed = ["dog", "cat"]
    assert oracle([3, 4, 5]).tolist() == ["cat", "dog", "cat"]


# What is shown


def test_a_row_is_written_as_text_where_nothing_else_is_said():
    person = Person("cat", "dog")
    person.oracle(show=None)([1, 0])
    assert "Row 1: [2. 3.]\n" in person.told
    long = Person("cat")
    long.oracle(X_pool=np.zeros((1, 784)), show=None)([0])
    assert max(map(len, long.told)) < 100


def test_without_a_pool_only_the_number_is_known():
    person = Person("cat")
    assert person.oracle(X_pool=None, show=None)([99]).tolist() == ["cat"]
    assert len(person.told) == 1


def test_text_goes_to_the_standard_output(capsys):
    InteractiveOracle(X, ask=Person("cat").ask)([0])
    assert "Row 0: [0. 1.]\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("shape", "drawn"),
    [
        ((2, 6), lambda row: row.reshape(2, 6)),
        ((1, 2, 6), lambda row: row.reshape(2, 6)),
        ((2, 6, 1), lambda row: row.reshape(2, 6)),
        ((2, 2, 3), lambda row: row.reshape(2, 2, 3)),
        ((3, 2, 2), lambda row: row.reshape(3, 2, 2).transpose(1, 2, 0)),
    ],
)
def test_a_row_is_drawn_as_an_image_in_one_window(monkeypatch, shape, drawn):
    matplotlib.use("agg")
    plt = pytest.importorskip("matplotlib.pyplot")
    images = []

    def pause(seconds):
        (axes,) = plt.gcf().axes
        images.append((axes.get_title(), np.array(axes.images[0].get_array())))

    monkeypatch.setattr(plt, "pause", pause)
    pool = np.random.default_rng(0).random((3, 12))
    before = plt.get_fignums()
    Person("cat", "dog").oracle(X_pool=pool, show=None, image_shape=shape)([2, 0])
    assert len(plt.get_fignums()) == len(before) + 1
    plt.close("InteractiveOracle")
    assert [title for title, _ in images] == ["Row 2", "Row 0"]
    for (_, image), row in zip(images, (2, 0)):
        np.testing.assert_array_equal(image, drawn(pool[row]))


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"ask": None}, TypeError, "ask of InteractiveOracle must be callable"),
        ({"show": 3}, TypeError, "show of InteractiveOracle must be callable"),
        ({"write": 3}, TypeError, "write of InteractiveOracle must be callable"),
        ({"show": print, "image_shape": (1, 2)}, ValueError, "not both"),
        ({"X_pool": None, "show": print}, ValueError, "there is no row to show"),
        ({"X_pool": None, "image_shape": (1, 2)}, ValueError, "there is no row"),
        ({"image_shape": (2, 2)}, ValueError, r"the 2 values of a row, got \(2, 2\)"),
        ({"image_shape": (2,)}, ValueError, "image_shape of InteractiveOracle"),
        ({"classes": []}, ValueError, "must be different labels"),
        ({"classes": ["a", "a"]}, ValueError, "must be different labels"),
        ({"classes": "cat"}, ValueError, "must be different labels"),
        ({"image_shape": 2}, ValueError, "image_shape of InteractiveOracle"),
        ({"classes": ["<", "a"]}, ValueError, "cannot hold '<'"),
        ({"classes": [" a", "b"]}, ValueError, "cannot hold ' a'"),
        ({"ask": print}, TypeError, "ask of .* must return what was"),
        ({"cost_per_label": -1}, ValueError, "cost_per_label of InteractiveOracle"),
    ],
    ids=str,
)
def test_wrong_parameters_are_refused_when_it_is_asked(parameters, error, message):
    oracle = InteractiveOracle(**{"X_pool": X, "ask": Person().ask, **parameters})
    with pytest.raises(error, match=message):
        oracle([0])


def test_a_row_that_the_person_cannot_label_is_skipped_and_not_asked_again():
    person = Person("dog", "?", "cat")
    oracle = person.oracle()
    assert oracle([0, 1, 2]).tolist() == ["dog", SKIP, "cat"]
    assert oracle([1]).tolist() == [SKIP]
    assert (len(person.questions), oracle.n_asked) == (3, 3)
    with pytest.raises(ValueError, match=r"cannot hold '\?'"):
        Person("?").oracle(["?", "!"])([0])


def test_a_skipped_row_can_be_labelled_after_all():
    person = Person("?", "<", "cat", "dog")
    assert person.oracle()([0, 1]).tolist() == ["cat", "dog"]
