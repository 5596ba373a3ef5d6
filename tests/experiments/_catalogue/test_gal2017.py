import pytest

from skbal.experiments import Reproduction, load_experiment

GAL = load_experiment("gal2017")


def published(arm, measure, source="Gal et al. 2017"):
    [number] = [
        n
        for n in GAL.published
        if (n.arm, n.measure, n.source) == (arm, measure, source)
    ]
    return number


def test_the_published_numbers_are_those_of_the_tables():
    assert published("BALD", "images to 10% error").value == 145
    assert published("BALD", "images to 5% error").value == 335
    assert published("Random", "images to 5% error").value == 835
    assert published("Mean STD", "images to 5% error").value == 695
    theirs = "DBALwithImgData"
    assert published("Variation ratios", "images to 5% error", theirs).value == 283
    assert published("Random", "images to 10% error", theirs).value == 250


def test_ratios_follow_from_them():
    ratio = published("BALD", "random / arm at 5% error")
    assert ratio.value == pytest.approx(2.49, abs=0.005)
    assert ratio.n_seeds is None  # its scatter is not known
    theirs = published("BALD", "random / arm at 5% error", "DBALwithImgData")
    assert theirs.value == pytest.approx(1.75, abs=0.005)


def test_the_table_counts_acquired_images():
    def unit(arm, scores):
        n_labels = [20 + 10 * step for step in range(len(scores))]
        result = {"n_labels": n_labels, "score": scores}
        return {"arm": arm, "seed": 0, "result": result}

    units = [
        unit("BALD", [0.5, 0.9, 0.96]),
        unit("Random", [0.5, 0.8, 0.9, 0.94, 0.95]),
    ]
    found = Reproduction(GAL, units, [])
    assert found.values("images to 10% error", "BALD").tolist() == [10]
    assert found.values("images to 5% error", "BALD").tolist() == [20]
    assert found.values("images to 5% error", "Random").tolist() == [40]
    assert found.values("random / arm at 5% error", "BALD").tolist() == [2]
