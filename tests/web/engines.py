"""Which page tests run on SQLite alone.

A staff page parses, asks campaigns/ and renders. What it asks is tested on both engines in
tests/campaigns and tests/workers; test_access.py enters every route in every role and
test_every_page.py walks over every page with data, on both. So a file that is about words, looks
and fields may say `pytestmark = ON_SQLITE`. Files whose pages search, sort, page, take in files
or anything that somebody types into an address stay on both: there the engines differ.
"""

import pytest

ON_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
