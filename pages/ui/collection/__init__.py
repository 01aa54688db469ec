"""What "Many songs" on Classify is made of: where songs come from, the picture, the table, one song and its like."""
