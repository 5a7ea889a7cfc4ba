"""What of a run may be shown: small counts, and what would give them away."""
