"""Method profiles: read, checked, and begun anew."""
