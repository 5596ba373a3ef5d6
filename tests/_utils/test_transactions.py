import pytest
from sklearn import get_config, set_config

from skbal._utils.transactions import all_or_nothing


class Model:
    pass


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_brings_back_what_was_set_and_takes_what_was_new(error):
    model = Model()
    model.old = 1

    def change_and_fail():
        with all_or_nothing(model):
            model.old, model.new = 2, 3
            raise error

    with pytest.raises(error):
        change_and_fail()
    assert vars(model) == {"old": 1}


def test_without_an_error_all_changes_stay():
    model = Model()
    with all_or_nothing(model):
        model.new = 3
    assert vars(model) == {"new": 3}


def test_an_error_brings_back_the_settings_of_scikit_learn():
    before = get_config()

    def change_and_fail():
        with all_or_nothing(Model()):
            set_config(skip_parameter_validation=True)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        change_and_fail()
    assert get_config() == before
