"""What files of results are made of: cells, code books, names of fields, styles, tables beside the areas."""
