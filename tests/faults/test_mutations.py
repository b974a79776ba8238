"""Every planted fault still fits the product, whatever was moved since."""

import pytest

from tests.faults.mutation import Mutation
from tests.faults.mutations import MUTATIONS
from tests.faults.table import FAULTS, short_form
from tests.shared import ROOT


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.guard.replace(" ", "_"))
def test_the_guard_stands_once_in_its_file(mutation: Mutation) -> None:
    text = (ROOT / mutation.file).read_text()
    assert text.count(mutation.old) == 1
    assert mutation.new != mutation.old
    compile(text.replace(mutation.old, mutation.new), mutation.file, "exec")


def test_there_are_enough_and_each_names_tests_that_exist() -> None:
    assert len(MUTATIONS) >= 40
    assert len({mutation.guard for mutation in MUTATIONS}) == len(MUTATIONS)
    named = {word.split("::")[0] for mutation in MUTATIONS for word in mutation.tests}
    assert [name for name in named if not (ROOT / name).exists()] == []
    plays = {str(one.id) for one in short_form(FAULTS)}
    asked = {w[w.index("[") + 1 : -1] for m in MUTATIONS for w in m.tests if "[" in w}
    assert asked - plays == set()
