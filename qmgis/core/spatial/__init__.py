"""Outlines and grids: who touches whom, what lies in what, what two versions have in common."""
