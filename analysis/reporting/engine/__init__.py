"""The machine that runs notebooks; its README says how. Nothing in it knows coverage."""
