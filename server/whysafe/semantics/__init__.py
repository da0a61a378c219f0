"""What names, values and calls of one file mean."""
