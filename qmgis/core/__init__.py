"""Mathematics without a city in it."""
