"""The tables of a campaign.

==========  ==========================================================================
setting     what the campaign is about, as JSON
item        what is asked about, and where it stands
content     the image, text or table row of an item, where the campaign holds it
annotator   the people who answer
answer      every answer that was given. All else can be computed from this table
lease       items that somebody is working on
model       one row for each training
prediction  what the latest model says of each item
==========  ==========================================================================

The folder ``migrations`` makes these tables, and a test holds that both agree.
"""

import sqlalchemy as sa

metadata = sa.MetaData()

# An integer that grows without limit. SQLite numbers rows by INTEGER only.
_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# Seconds since 1970, in UTC.
_Time = sa.Double

setting = sa.Table(
    "setting",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

item = sa.Table(
    "item",
    metadata,
    sa.Column("id", _Id, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("place", _Id, nullable=False),  # in the random order of all items
    sa.Column("gold", sa.Text),  # the right answer, as JSON, where it is known
    sa.Column("checksum", sa.BigInteger, nullable=False),  # of what is above
    # The rest follows from the answers.
    sa.Column("is_open", sa.Boolean, nullable=False),
    sa.Column("n_votes", sa.Integer, nullable=False),
    sa.Column("doubt", sa.Double, nullable=False),  # 1 / (1 + lead of the first answer)
    sa.Column("rule", sa.Text),  # the rule that retired it
    sa.Column("reason", sa.Text),
    sa.Column("retired_by", _Id),  # the answer that fired the rule
    sa.Column("retired_at", _Time),
    sa.Index("item_by_votes", "is_open", "n_votes", "place"),
    sa.Index("item_by_doubt", "is_open", "doubt", "place"),
)

content = sa.Table(
    "content",
    metadata,
    sa.Column("item_id", _Id, sa.ForeignKey("item.id"), primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("checksum", sa.BigInteger, nullable=False),
)

annotator = sa.Table(
    "annotator",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
)

answer = sa.Table(
    "answer",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("item_id", _Id, sa.ForeignKey("item.id"), nullable=False),
    sa.Column("annotator_id", _Id, sa.ForeignKey("annotator.id"), nullable=False),
    # "answer", "cannot_tell", "skip", or "retire", which is no person's answer.
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("content", sa.Text),  # JSON
    sa.Column("key", sa.Text, unique=True),  # of the caller, to tell twice but once
    sa.Column("queue", sa.Text),  # the queue that the item was asked from
    sa.Column("at", _Time, nullable=False),
    sa.Column("is_late", sa.Boolean, nullable=False),  # after the item was retired
    sa.Column("undone_at", _Time),
    sa.Column("checksum", sa.BigInteger, nullable=False),
    # A person answers about an item once, unless the answer is taken back.
    sa.Index(
        "answer_once",
        "item_id",
        "annotator_id",
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    ),
    sa.Index("answer_of_annotator", "annotator_id", "id"),
    sqlite_autoincrement=True,
)

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("item_id", _Id, sa.ForeignKey("item.id"), nullable=False),
    sa.Column("annotator_id", _Id, sa.ForeignKey("annotator.id"), nullable=False),
    sa.Column("queue", sa.Text, nullable=False),
    sa.Column("until", _Time, nullable=False),
    sa.Index("lease_once", "item_id", "annotator_id", unique=True),
    sa.Index("lease_of_annotator", "annotator_id"),
    sa.Index("lease_by_end", "until"),
    sqlite_autoincrement=True,
)

model = sa.Table(
    "model",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("started_at", _Time, nullable=False),
    sa.Column("finished_at", _Time),  # null until its predictions are complete
    sa.Column("last_answer", _Id, nullable=False),  # the newest that it learned from
    sa.Column("n_labels", sa.Integer, nullable=False),  # items with an answer
    sa.Column("description", sa.Text, nullable=False),  # JSON
    sa.Column("score", sa.Double),  # on answers told since, once there is a newer one
    sa.Column("weights", sa.LargeBinary),  # of the newest network, as safetensors
)

prediction = sa.Table(
    "prediction",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("item_id", _Id, primary_key=True),
    sa.Column("turn", _Id),  # asked in this order; null if retired by then
    sa.Column("score", sa.Double),  # what the strategy said, higher is better
    sa.Column("n_votes", sa.Integer, nullable=False),  # that the model has seen
    sa.Column("shares", sa.Text),  # JSON: mean, low and high of each answer
    sa.Index("prediction_by_turn", "version", "turn"),
)
