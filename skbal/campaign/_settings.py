"""What a campaign is about: plain data that is stored once."""

import json
from dataclasses import asdict, dataclass, field
from zlib import crc32

import sqlalchemy as sa

from skbal._version import __version__
from skbal.campaign._questions import Questions
from skbal.campaign._tables import setting
from skbal.exceptions import CampaignError


@dataclass(frozen=True)
class Settings:
    """What a campaign is about.

    Attributes
    ----------
    answers : list
        The answers or questions, as `Questions` takes them.
    items : dict
        How the items are stored.
    n_items : int
        Number of items.
    rules : list of dict
        When an item is retired.
    min_votes : int
        Answers that every item gets before a rule may retire it.
    enhanced : float
        Share of the questions that the model chooses; the rest is chosen at random.
    lease_seconds : float
        Time that a person has to answer, before others may be asked.
    n_gold : int
        Number of items whose answer is known.
    gold_every : int
        One question of this many has a known answer, as long as there are any.
    estimator, query_strategy : dict or None
        As plain data.
    seed : int
        Seed of the random order of the items and of all training.
    skbal_version : str
        The version that made the campaign.
    """

    answers: list
    items: dict
    n_items: int
    rules: list
    min_votes: int
    enhanced: float
    lease_seconds: float
    n_gold: int
    gold_every: int
    estimator: dict | None
    query_strategy: dict | None
    seed: int
    skbal_version: str = __version__
    questions: Questions = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "questions", Questions(self.answers))

    def write(self, connection):
        """Write the settings into an empty table."""
        values = asdict(self)
        del values["questions"]
        texts = {name: json.dumps(value) for name, value in values.items()}
        texts["checksum"] = str(_checksum(texts))
        connection.execute(
            sa.insert(setting),
            [{"name": name, "value": text} for name, text in texts.items()],
        )

    @classmethod
    def read(cls, connection):
        """Return the settings of a campaign.

        Raises
        ------
        CampaignError
            If they are damaged.
        """
        rows = connection.execute(sa.select(setting)).all()
        texts = {row.name: row.value for row in rows}
        names = set(cls.__dataclass_fields__) - {"questions"}
        known = {name: text for name, text in texts.items() if name in names}
        if texts.get("checksum") != str(_checksum(known)):
            raise CampaignError(
                f"{connection.engine.url.database} is damaged: its settings are not "
                "what was written. Restore a backup."
            )
        return cls(**{name: json.loads(text) for name, text in known.items()})


def _checksum(texts):
    return crc32(json.dumps(texts, sort_keys=True).encode())
