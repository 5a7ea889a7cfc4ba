"""Files of rules that ship with the program, and a city's own of the same kind."""
