"""Connected regions grown under limits, and how they are searched."""
