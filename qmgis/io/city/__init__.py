"""A city's folder as a whole: opened, checked, begun anew, written."""
