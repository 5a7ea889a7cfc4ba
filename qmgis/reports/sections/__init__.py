"""The sections of a profile, one a file that ends in ``SECTION``; whoever adds a file adds a section."""
