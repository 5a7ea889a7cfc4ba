"""Pictures: model in, maps and charts out."""
