"""Where one more place would help: models of location and what solves them."""
