"""A lazy module is the module, but loads it only when it is used."""

import subprocess
import sys

import pytest

from skbal._utils.lazy import lazy_module


def test_its_names_are_those_of_the_module():
    import fractions

    assert lazy_module("fractions").Fraction is fractions.Fraction


def test_it_loads_the_module_at_the_first_use_only():
    code = (
        "import sys\n"
        "from skbal._utils.lazy import lazy_module\n"
        "module = lazy_module('colorsys')\n"
        "hasattr(module, '__wrapped__')\n"
        "assert 'colorsys' not in sys.modules\n"
        "module.rgb_to_hsv\n"
        "assert 'colorsys' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        getattr(lazy_module("json"), "no_such_name")  # noqa: B009


@pytest.mark.parametrize("package", ["torch", "skorch", "safetensors"])
def test_what_networks_need_is_said_with_how_to_install_it(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        ImportError, match=rf"need {package}.*pip install torch skorch safetensors"
    ) as caught:
        _ = lazy_module(package).version
    assert caught.value.name == package
    assert isinstance(caught.value.__cause__, ImportError)


def test_other_missing_modules_are_named_as_python_names_them():
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'nowhere'$"):
        _ = lazy_module("nowhere.at_all").version
