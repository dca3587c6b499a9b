"""Fill gaps: what a model puts into missing cells, how sure it is, and how well it does."""
