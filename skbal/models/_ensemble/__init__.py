"""Deep ensembles: several networks, one draw each; private."""
