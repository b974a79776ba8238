"""Letters and guides: Markdown and facts in, safe HTML and plain text out."""
