"""Printed tables: `column` has the columns that they share, `table` puts them together; then one file a subject."""
