"""Parts of the page Entwicklung."""
