"""Who reaches what, and by which way: streets, ways on them, nearest places, supply."""
