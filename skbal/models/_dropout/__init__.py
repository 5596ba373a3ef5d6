"""Monte-Carlo dropout: the estimators, and how their draws are made; private."""
