"""Parts of the page Gebietsabgrenzung."""
