"""BatchBALD: the chosen rows' configurations of labels, and the search for the next."""
