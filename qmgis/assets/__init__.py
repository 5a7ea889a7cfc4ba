"""Vendored scripts and styles, with their licences."""
