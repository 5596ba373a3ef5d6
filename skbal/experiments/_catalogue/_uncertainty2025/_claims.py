"""What the report says in words, each claim with rules that our numbers are held to."""

from skbal.experiments._catalogue import _gal2017
from skbal.experiments._catalogue._deterministic import OFF, STRATEGIES
from skbal.experiments._catalogue._uncertainty2025 import _arms as arms
from skbal.experiments._catalogue._uncertainty2025 import _measures as measures
from skbal.experiments._catalogue._uncertainty2025._answers import mean_score, score_at
from skbal.experiments._catalogue._uncertainty2025._measures import (
    N_EARLY,
    N_NOISY,
    N_PENALISED,
)
from skbal.experiments._catalogue._uncertainty2025._readers import (
    change,
    gap_of_two,
    largest_fall,
    measured,
    ratio_within,
)
from skbal.experiments._declared._claims import (
    BELOW,
    EQUAL,
    NEAR,
    Claim,
    Statement,
)
from skbal.experiments._declared._curves import acquired_to
from skbal.experiments._declared._paired import gap

TEXT_IMAGES, TEXT_RATIO = 390, 2  # "390 acquired images, a 2x improvement"
RATIOS = "Variation ratios"
WRONG = arms.NOISES[1:]
LAYERS = tuple(map(arms.layer_arm, ("exact", "mean field")))
UNCERTAIN = [arm for arm in _gal2017.ARMS if arm != "Random"]
END, EARLY = score_at(N_NOISY), mean_score(1, N_EARLY)
TO_5 = acquired_to(0.95)


def _against_random(kind, noise, of):
    return gap(of, arms.noisy_arm(kind, noise), arms.noisy_arm(arms.RANDOM, noise))


def _against_bald(kind, noise, of=END):
    return gap(of, arms.noisy_arm(kind, noise), arms.noisy_arm(arms.BALD_, noise))


def table_value(arm, measure=_gal2017.AT_5):
    """Return a number of the report's Table 1.

    Parameters
    ----------
    arm : str
        The acquisition function.
    measure : str, default="images to 5% error"
        The measure.

    Returns
    -------
    value : float
    """
    return dict(zip(_gal2017.ARMS, _gal2017.TABLE[measures.SOURCE][measure]))[arm]


def _of_the_report():
    """Yield what the report says of itself."""
    table = table_value(RATIOS)
    yield Claim(
        "Variation ratios needs 390 images for 95%, twice as few as random choice",
        "sections 1 and 6.1, against Table 1",
        (
            Statement(
                "images in its own Table 1",
                lambda found: [table],
                EQUAL,
                TEXT_IMAGES,
                n_digits=0,
            ),
            Statement(
                "random / variation ratios in its own Table 1",
                lambda found: [table_value("Random") / table],
                EQUAL,
                TEXT_RATIO,
            ),
        ),
    )


def _of_figure_1():
    """Yield claims about acquisition functions on MNIST."""
    ratio = measured(_gal2017.RATIO, RATIOS)
    yield Claim(
        "With variation ratios 390 images are enough for 95%, twice as few as random",
        "sections 1 and 6.1",
        (
            Statement(
                "images", measured(_gal2017.AT_5, RATIOS), NEAR, TEXT_IMAGES, n_digits=0
            ),
            Statement("random / variation ratios", ratio, "above", 1),
            Statement("random / variation ratios", ratio, NEAR, TEXT_RATIO),
        ),
        "gal2017",
    )
    yield Claim(
        "Standard acquisition functions need fewer images than random choice",
        "section 6.1",
        tuple(
            Statement(f"images more to 95%: random, {arm}", gap(TO_5, "Random", arm))
            for arm in UNCERTAIN
        ),
        "gal2017",
    )
    yield Claim(
        "Variation ratios is the fastest",
        "section 6.1",
        tuple(
            Statement(f"images more to 95%: {arm}", gap(TO_5, arm, RATIOS))
            for arm in _gal2017.ARMS
            if arm != RATIOS
        ),
        "gal2017",
    )


def _of_figure_1_besides():
    """Yield claims about the scatter of BALD, and about Mean STD."""
    fall = largest_fall
    yield Claim(
        "BALD is the most stable",
        "section 6.1",
        tuple(
            Statement(f"largest fall, points more: {arm}", gap(fall, arm, "BALD"))
            for arm in _gal2017.ARMS
            if arm != "BALD"
        ),
        "gal2017",
    )
    yield Claim(
        "Mean STD is better than random choice, unlike in Gal et al. (2017)",
        "section 7",
        (Statement("images more to 95%: random", gap(TO_5, "Random", "Mean STD")),),
        "gal2017",
    )


def _of_figure_2():
    yield Claim(
        "Bayesian networks converge to a higher accuracy than deterministic ones",
        "section 6.1",
        tuple(
            Statement(f"images more to 95%: {name}{OFF}", gap(TO_5, name + OFF, name))
            for name in STRATEGIES
        ),
        "deterministic",
    )


def _of_figure_3():
    """Yield claims about the variance and the accuracy of the last layer."""
    exact, mean_field = LAYERS
    yield Claim(
        "Mean-field inference has a lower predictive variance than exact inference",
        "section 6.2",
        tuple(
            Statement(
                f"mean field / exact on the labels of {arm}, after {step} queries",
                ratio_within("variance, mean field", "variance, exact", arm, step),
                BELOW,
                1,
                n_digits=3,
            )
            for arm in (exact, mean_field)
            for step in (N_PENALISED, N_NOISY)
        ),
    )
    yield Claim(
        "A Bayesian CNN exceeds the last layer on fixed features",
        "sections 1 and 7",
        (
            Statement(
                f"points above exact after {N_NOISY} queries",
                gap(END, arms.noisy_arm(arms.BALD_, 0.0), exact),
            ),
        ),
    )


def _of_the_rmse():
    """Yield claims about the RMSE of the last layer."""
    exact, mean_field = LAYERS
    own = gap_of_two("rmse, mean field", mean_field, "rmse, exact", exact)
    yield Claim(
        "Mean-field inference has a higher RMSE than exact inference",
        "section 6.2",
        tuple(
            Statement(
                f"RMSE above exact, each on its labels, after {step} queries",
                own(step),
                n_digits=4,
            )
            for step in (N_PENALISED, N_NOISY)
        ),
    )
    yield Claim(
        "This RMSE differs by the approximation, and not only by the rows asked about",
        "section 6.2, against appendix A.2.3",
        tuple(
            Statement(
                f"RMSE above exact on the labels of {arm}, after {N_NOISY} queries",
                gap_of_two("rmse, mean field", arm, "rmse, exact", arm)(N_NOISY),
                n_digits=4,
            )
            for arm in (exact, mean_field)
        ),
    )


def _of_figure_4():
    """Yield claims about wrong answers."""
    advantage = {n: _against_random(arms.BALD_, n, END) for n in arms.NOISES}
    yield Claim(
        "BALD ends 3% above random choice, without noise",
        "section 6.1",
        (
            Statement("points above random", advantage[0.0]),
            Statement("points above random", advantage[0.0], NEAR, measures.BALD_GAIN),
        ),
    )
    yield Claim(
        "With wrong labels BALD is worse than random over the first steps",
        "section 6.3",
        tuple(
            Statement(
                f"points above random in queries 1 to {N_EARLY}, {noise:.0%} wrong",
                _against_random(arms.BALD_, noise, EARLY),
                BELOW,
            )
            for noise in WRONG
        ),
    )
    yield Claim(
        "Above 10% wrong labels BALD hardly outperforms random choice",
        "section 6.3",
        tuple(
            Statement(
                f"its advantage, {noise:.0%} wrong, less that without",
                change(advantage[noise], advantage[0.0]),
                BELOW,
            )
            for noise in WRONG[1:]
        ),
    )


def _of_figure_4_besides():
    """Yield the claim about noise as such."""
    bald = {noise: arms.noisy_arm(arms.BALD_, noise) for noise in arms.NOISES}
    yield Claim(
        "Active learning is highly sensitive to noise",
        "section 6.3",
        tuple(
            Statement(
                f"points of BALD, {noise:.0%} wrong, above none wrong",
                gap(END, bald[noise], bald[0.0]),
                BELOW,
            )
            for noise in WRONG
        ),
    )


def _of_the_filter():
    """Yield claims about the dynamic filter: Figure 5 and Table 3."""
    dynamic = arms.DYNAMIC
    yield Claim(
        "The filter mitigates noise slightly",
        "section 6.3",
        tuple(
            Statement(
                f"points above BALD at the end, {noise:.0%} wrong",
                _against_bald(dynamic, noise),
            )
            for noise in WRONG
        ),
    )
    yield Claim(
        "Without noise the filter makes BALD worse",
        "section 6.3",
        (Statement("points above BALD", _against_bald(dynamic, 0.0), BELOW),),
    )
    yield Claim(
        "The filter rejects more labels than are wrong",
        "section 6.3 and Table 3",
        tuple(
            Statement(
                f"rejected above the noise, {noise:.0%} wrong, %",
                measured(measures.excess_at(noise), arms.noisy_arm(dynamic, noise)),
                n_digits=0,
            )
            for noise in WRONG
        ),
    )


def _of_thresholds():
    """Yield claims about thresholds: Figure 6 and Table 2."""
    at = arms.FIXED_NOISE
    dynamic_arm = arms.noisy_arm(arms.DYNAMIC, at)
    low, high = (arms.noisy_arm(name, at) for name in arms.FIXED)
    rejected = measures.per_query("rejected")
    yield Claim(
        "The dynamic threshold rejects fewest, then 0.1, then 0.25",
        "Table 2",
        (
            Statement("more a query by 0.1", gap(rejected, low, dynamic_arm)),
            Statement("more by 0.25 than by 0.1", gap(rejected, high, low)),
        ),
    )
    yield Claim(
        "The dynamic threshold is the best one",
        "section 6.3 and Figure 6",
        tuple(
            Statement(f"points above {arm}", gap(END, dynamic_arm, arm))
            for arm in (low, high)
        ),
    )


def _of_figure_7():
    """Yield claims about penalties."""
    small, large, none = map(arms.penalty_arm, (arms.SMALL, arms.LARGE, 0))
    early, late = gap(EARLY, small, none), gap(score_at(N_PENALISED), small, none)
    yield Claim(
        "A small penalty increases the accuracy by 5% in the first five steps",
        "section 6.3 and Figure 7",
        (
            Statement("points", early),
            Statement("points", early, NEAR, measures.EARLY_PENALTY_GAIN),
        ),
    )
    yield Claim(
        "With more samples this advantage disappears quickly",
        "section 6.3",
        (
            Statement(
                f"points after {N_PENALISED} queries, less those before",
                change(late, early),
                BELOW,
            ),
        ),
    )
    yield Claim(
        "An overly large penalty can be prohibitive",
        "section 6.3",
        (
            Statement(
                f"points of {large} above none, after {N_PENALISED} queries",
                gap(score_at(N_PENALISED), large, none),
                BELOW,
            ),
        ),
    )


def _of_the_abstract():
    """Yield claims about first labels and the way to 95%."""
    gain = measured(measures.FIRST, arms.MEANS)
    yield Claim(
        "First labels by k-means increase the accuracy by 20%",
        "section 6.3",
        (
            Statement("points", gain),
            Statement("points", gain, NEAR, measures.KMEANS_GAIN),
        ),
    )
    saved = measured(measures.FEWER, arms.BOTH)
    yield Claim(
        "Clustering and diversity accelerate the way to 95% by 21%",
        "sections 1 and 7",
        (
            Statement("percent fewer images", saved, n_digits=0),
            Statement(
                "percent fewer images", saved, NEAR, measures.ACCELERATION, n_digits=0
            ),
        ),
    )


CLAIMS = (
    *_of_the_report(),
    *_of_figure_1(),
    *_of_figure_1_besides(),
    *_of_figure_2(),
    *_of_figure_3(),
    *_of_the_rmse(),
    *_of_figure_4(),
    *_of_figure_4_besides(),
    *_of_the_filter(),
    *_of_thresholds(),
    *_of_figure_7(),
    *_of_the_abstract(),
)
