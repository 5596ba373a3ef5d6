"""The first form of the tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    """Make all tables."""
    _make_annotator()
    _make_item()
    _make_model()
    _make_prediction()
    _make_setting()
    _make_answer()
    _make_content()
    _make_lease()


def _make_annotator():
    op.create_table(
        "annotator",
        sa.Column("id", _Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def _make_item():
    op.create_table(
        "item",
        sa.Column("id", _Id, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", _Id, nullable=False),
        sa.Column("gold", sa.Text(), nullable=True),
        sa.Column("checksum", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("n_votes", sa.Integer(), nullable=False),
        sa.Column("doubt", sa.Double(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("retired_by", _Id, nullable=True),
        sa.Column("retired_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_index(
        "item_by_doubt", "item", ["is_open", "doubt", "place"], unique=False
    )
    op.create_index(
        "item_by_votes", "item", ["is_open", "n_votes", "place"], unique=False
    )


def _make_model():
    op.create_table(
        "model",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.Column("last_answer", _Id, nullable=False),
        sa.Column("n_labels", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("weights", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("version"),
    )


def _make_prediction():
    op.create_table(
        "prediction",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("item_id", _Id, nullable=False),
        sa.Column("turn", _Id, nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("n_votes", sa.Integer(), nullable=False),
        sa.Column("shares", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("version", "item_id"),
    )
    op.create_index(
        "prediction_by_turn", "prediction", ["version", "turn"], unique=False
    )


def _make_setting():
    op.create_table(
        "setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _make_answer():
    op.create_table(
        "answer",
        sa.Column("id", _Id, nullable=False),
        sa.Column("item_id", _Id, nullable=False),
        sa.Column("annotator_id", _Id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("queue", sa.Text(), nullable=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("undone_at", sa.Double(), nullable=True),
        sa.Column("checksum", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["annotator_id"],
            ["annotator.id"],
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["item.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "answer_of_annotator", "answer", ["annotator_id", "id"], unique=False
    )
    op.create_index(
        "answer_once",
        "answer",
        ["item_id", "annotator_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )


def _make_content():
    op.create_table(
        "content",
        sa.Column("item_id", _Id, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("checksum", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["item.id"],
        ),
        sa.PrimaryKeyConstraint("item_id"),
    )


def _make_lease():
    op.create_table(
        "lease",
        sa.Column("id", _Id, nullable=False),
        sa.Column("item_id", _Id, nullable=False),
        sa.Column("annotator_id", _Id, nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["annotator_id"],
            ["annotator.id"],
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["item.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("lease_by_end", "lease", ["until"], unique=False)
    op.create_index("lease_of_annotator", "lease", ["annotator_id"], unique=False)
    op.create_index("lease_once", "lease", ["item_id", "annotator_id"], unique=True)
