"""Mathematics of comparing what changed in some units with what changed in others (METHODS 11.3); arrays only.

Rows are units, columns are editions in the order of time. ``first`` is the column in which a unit is treated for the
first time; the number of columns where it never is.
"""
