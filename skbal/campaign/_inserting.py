"""Many rows at once into a table."""

import sqlalchemy as sa


def insert_rows(connection, table, rows):
    """Insert rows; in PostgreSQL by COPY, which is several times faster.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction that may write.
    table : sqlalchemy.Table
        The table.
    rows : list of dict
        With the same names.
    """
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        connection.execute(sa.insert(table), rows)
        return
    names = [*rows[0]]
    statement = f"COPY {table.name} ({', '.join(names)}) FROM STDIN"
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])
