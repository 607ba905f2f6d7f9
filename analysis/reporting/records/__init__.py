"""What a page was made of (`record`), whether it is right (`verify`), and what moved (`compare`, `revisions`, `renames`)."""
