"""A city's programme areas, register, balance, effect and readiness, from its layers to what is shown."""
