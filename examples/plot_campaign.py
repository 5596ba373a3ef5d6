"""
===========================================
A campaign of a month with eight volunteers
===========================================

Eight people label handwritten digits for a month. They are not equally careful, come
when they like, and sometimes cannot tell. A campaign keeps their answers, retrains once
a week and decides whom to ask about what. This example simulates the month in seconds.
"""

# %%
# The campaign
# ------------
#
# Every image gets at least one answer and at most 15. An image retires earlier if its
# leading answer is wrong with a probability of 2% or less. Twenty images whose answer
# is known show how careful each person is.

import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from skbal.campaign import Campaign
from skbal.votes import VoteAllocation

X, y = load_digits(return_X_y=True)
n_images = 600
X, y = X[:n_images] / 16, y[:n_images]
folder = tempfile.TemporaryDirectory()
url = os.path.join(folder.name, "digits.db")
Campaign.create(
    url,
    X,
    range(10),
    VoteAllocation(max_iter=1),
    max_votes=15,
    rules=[
        {"name": "chance_wrong", "chance": 0.02, "votes": 1},
        {"name": "cannot_tell", "votes": 4},
    ],
    gold={image: int(y[image]) for image in range(20)},
    gold_every=8,
).close()

# %%
# The volunteers
# --------------
#
# A person is right with a probability of her own, and otherwise says any digit. One
# time in fifty, nobody could tell. A clock of our own lets a month pass in seconds.

people = ["ann", "bob", "cy", "dee", "eve", "fay", "gus", "hal"]
skill = dict(zip(people, [0.97, 0.95, 0.92, 0.9, 0.85, 0.8, 0.7, 0.5]))
rng = np.random.default_rng(0)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def says(person, image):
    if rng.random() < 0.02:
        return None  # "I cannot tell"
    return int(y[image]) if rng.random() < skill[person] else int(rng.integers(10))


clock = Clock()
campaign = Campaign.open(url, clock=clock)
rated = np.arange(20, n_images)  # those that are not known before
weeks, n_evening = 4, 36
curve, right = [], []
for day in range(7 * weeks):
    clock.now = 86_400.0 * day
    for person in rng.permutation(people)[:5]:  # five of them have time tonight
        for item in campaign.ask(n_evening // 2, person):
            campaign.tell(item.id, says(person, item.id), person)
    counts = campaign.counts()[rated]
    ties = rng.random(counts.shape) / 2
    leading = (counts + ties).argmax(axis=1)
    curve.append((counts.sum() / len(rated), np.mean(leading == y[rated])))
    if day % 7 == 6:
        version = campaign.retrain()
        status = campaign.status()
        print(f"day {day + 1}: {status}, {status.retired}")

# %%
# What became of it
# -----------------
#
# On the left, the share of images whose leading answer is right, by the number of
# answers per image; the dotted line is what as many answers would give if all images
# got equally many. On the right, how often each person was right about known images,
# beside the truth.

uniform = []
for n_answers in range(1, 5):
    votes = np.zeros((len(rated), 10))
    for k in range(n_answers):
        for row, image in enumerate(rated):
            said = says(people[(row + k) % 8], image)
            if said is not None:
                votes[row, said] += 1
    ties = rng.random(votes.shape) / 2
    uniform.append((n_answers, np.mean((votes + ties).argmax(axis=1) == y[rated])))

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(*np.transpose(curve), label="campaign")
left.plot(*np.transpose(uniform), ":o", color="gray", label="equally many")
left.set(xlabel="answers per image", ylabel="leading answer is right", ylim=(0.5, 1.01))
left.legend(loc="lower right")
known = {one.name: one.n_gold_right / one.n_gold for one in status.people if one.n_gold}
shown = [person for person in people if person in known]
right.barh(shown, [known[person] for person in shown], color="C0", label="known images")
right.plot([skill[person] + (1 - skill[person]) / 10 for person in shown], shown, "k|",
           markersize=18, label="truth")  # fmt: skip
right.set(xlabel="share of right answers", xlim=(0, 1))
right.invert_yaxis()
right.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
plt.show()

# %%
# In the first two weeks, the campaign is about as good as equally many answers. Then
# only images that are still in doubt get more answers, and with fewer than three
# answers per image nearly all leading answers are right. After three weeks hardly an
# image is open. Twenty known images are few, so some bars on the right are well off the
# truth.
#
# All of this is on disk: another process, or the page that ``skbal label`` shows, goes
# on where this one ends. The history has one record for each model. Its score is how
# often the model said what people answered afterwards, so the last one has none yet.

print(campaign.history().to_frame()[["n_labels", "score", "cost"]])
campaign.close()
folder.cleanup()
