"""The steps from one form of the tables of a campaign to the next, for Alembic."""
