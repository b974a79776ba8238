"""The bench: how fast the product is, as ratios against the plain ways in the same run."""
