"""What vendor systems say of each user: one file in, one ladder of evidence out.

The format is recognised by its columns or keys and mapped by name, never by
position (formats: B1 to B3 of the facts; samples in tests/parse).
"""

from rollout.parse.evidence.reading import SOURCES, evidence

__all__ = ["SOURCES", "evidence"]
