"""The words of the rubric: six heads with four levels each."""

LEVELS = ("beginning", "developing", "good", "exemplary")

# One sentence for the work as a whole, by level.
OVERALL = {
    "beginning": (
        "A number is reported. A reader cannot tell what the model learned from, or "
        "why it should be believed."
    ),
    "developing": (
        "It is said what was done and how well it worked on test rows. What could be "
        "wrong was not looked for."
    ),
    "good": (
        "What could be wrong was looked for with stated methods, and what was found is "
        "reported with its uncertainty."
    ),
    "exemplary": (
        "Somebody who was not there can repeat it, see what was not checked, and "
        "decide for what the model may be used and for what not."
    ),
}

# Head, question, the four levels, and the functions of skbal.audit that help to answer.
LINES = (
    (
        "Interpretation",
        "Is it known what the model looks at, and does that make sense to somebody who "
        "knows the field?",
        "The model is used as a black box: nobody looked at what it reacts to.",
        "Some examples or feature importances are shown, chosen by hand and without a "
        "test of the method itself.",
        "Maps of what the prediction depends on are shown for random rows, also for "
        "those that it got wrong, and compared with what an expert would look at.",
        "What the prediction and what its uncertainty depend on is shown, the method "
        "passes a sanity check with random weights, and a surprise was followed up "
        "until it was explained.",
        ("saliency", "uncertainty_saliency", "saliency_sanity_check", "shortcut_test"),
    ),
    (
        "Concise language",
        "Does the text say exactly what went wrong or right, in words that have one "
        "meaning?",
        "Words such as accurate, biased or overfit are used without a number and "
        "without saying on which rows.",
        "Numbers are given, but without an interval, or it stays open on which rows.",
        "Each claim has a number, an interval and the rows that it is about, and "
        "overfit is distinguished from overspecialised.",
        "The errors on training rows, on test rows of the same kind and on independent "
        "rows are reported beside each other with intervals, and the text claims no "
        "more than they show.",
        ("score", "generalisation_report", "calibration_error", "vote_coverage"),
    ),
    (
        "Scrutiny",
        "Were results that look too good, or too smooth, followed up?",
        "A good result was taken as it came.",
        "The result was compared with a simple baseline, and then believed.",
        "It was tested whether test rows leaked into training, whether the model still "
        "learns from permuted labels, and whether it relies on a shortcut.",
        "Before the result was known, it was stated what would be too good to be true; "
        "all of these tests are reported, also those that found something, and what "
        "was found was repaired and tested again.",
        (
            "shortcut_test",
            "invariance_report",
            "leakage_check",
            "permuted_labels_check",
            "too_good_check",
            "against random",
        ),
    ),
    (
        "Awareness of sources of bias",
        "Is it known how the labelled rows differ from those that the model is used "
        "on, and who gave the labels?",
        "Where rows and labels come from is not said.",
        "The sources are named, and the numbers of labels per class are given.",
        "Labelled rows were compared with all rows by a test, errors were compared "
        "between groups, and it was measured how often the people who labelled agree.",
        "The bias by choosing labels is corrected in each reported error, groups that "
        "were never asked about are named, and rows unlike anything labelled are set "
        "apart before the model is used.",
        (
            "labelled classes",
            "people",
            "selection_test",
            "group_selection",
            "group_errors",
            "unbiased_risk",
            "anomaly_scores",
        ),
    ),
    (
        "Transparency and fairness",
        "Can others repeat it, and can those whom it affects understand and contest "
        "it?",
        "Neither data nor code nor settings are available.",
        "The code is available, but versions, seeds or the choice of rows are missing.",
        "Data, code, versions, seeds and every choice are given, and the report says "
        "what was not checked.",
        "Somebody else has repeated it. Those whom decisions affect can read in plain "
        "words what was decided by a model and how sure it was, and there is a person "
        "to turn to.",
        ("audit_report", "repeatable", "calibration_error"),
    ),
    (
        "Appropriate tool",
        "Is machine learning, and this model, the right tool for the question?",
        "The method was chosen because it is new, and nothing simpler was tried.",
        "A simpler method was tried, and the comparison has one run of each.",
        "Simpler methods and random choice of labels were compared over several runs "
        "with intervals, and the cost of errors was considered.",
        "It is stated what the model must be able to do to be of use, where a person "
        "or a formula does better, and when it is not to be used at all; the "
        "comparison supports this.",
        ("against random", "too_good_check", "generalisation_report"),
    ),
)

INSTRUCTION = {
    "project": (
        "For each head, choose the level whose description fits the project best as a "
        "whole. Read it before the work begins, and again before the result is "
        "published."
    ),
    "course": (
        "For each head, choose the level whose description fits the report that was "
        "handed in best as a whole: beginning is 1 point, developing 2, good 3 and "
        "exemplary 4. Hand the rubric out together with the task."
    ),
}
