"""Parts of the pages of the programme: Fördergebiete, Maßnahmen, Bilanz, Wirkung, Qualität, Verstetigung."""
