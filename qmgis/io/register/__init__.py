"""The register of measures: read, checked, written, taken in again with its history."""
