"""Reports on paper: the same facts as on the page, as CSV and as PDF."""

from rollout.papers.pdf import as_pdf
from rollout.papers.table import as_csv

__all__ = ["as_csv", "as_pdf"]
