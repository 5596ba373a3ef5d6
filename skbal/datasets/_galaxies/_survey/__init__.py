"""A survey of galaxies of many kinds, with companions and artefacts."""
