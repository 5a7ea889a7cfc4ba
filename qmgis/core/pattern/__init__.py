"""How values and groups lie in space: tests of patterns, clusters, segregation."""
