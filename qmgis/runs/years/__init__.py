"""A city over the years: on one version of its areas, as series, and what changed."""
