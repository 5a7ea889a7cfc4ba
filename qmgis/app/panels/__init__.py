"""Parts of pages about an area, a method or two results."""
