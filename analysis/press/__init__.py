"""Published figures: read as printed, tried against each other."""
