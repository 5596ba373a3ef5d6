"""Which item of a campaign a name in a file means."""

import re
from pathlib import PurePosixPath

import sqlalchemy as sa

from skbal.campaign._tables import item

# Endings of files such as ".png" and ".fits.gz", but not what follows a decimal point.
_ENDINGS = re.compile(r"(\.[A-Za-z][A-Za-z0-9]{1,4}){1,2}$")


class ItemNames:
    """Finds items by the names that files give them.

    A file of Zooniverse or Label Studio often has the name of an image without its
    folder or its ending, or an address. So a name also means the only item whose name
    has the same last part, with or without the ending.

    Parameters
    ----------
    campaign : Campaign
        Its items.
    """

    def __init__(self, campaign):
        query = sa.select(item.c.name, item.c.id)
        rows = campaign.store.read(lambda connection: connection.execute(query).all())
        self._exact = dict(map(tuple, rows))
        self._files, self._stems = {}, {}
        for name, number in self._exact.items():
            file = PurePosixPath(name).name
            for found, key in [(self._files, file), (self._stems, _stem(file))]:
                # None stands for several items.
                found[key] = None if key in found else number

    def find(self, name):
        """Return the number of an item, or None if no item or several have the name.

        Parameters
        ----------
        name : str or number
            A name, or a path or address that ends in it.
        """
        name = str(name)
        if name in self._exact:
            return self._exact[name]
        file = PurePosixPath(name.split("?")[0].replace("\\", "/")).name
        if file in self._files:
            return self._files[file]
        return self._stems.get(_stem(file))

    def example(self):
        """Return the name of one item, for messages."""
        return next(iter(self._exact))


def _stem(file):
    return _ENDINGS.sub("", file)
