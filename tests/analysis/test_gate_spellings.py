"""Every other name of a path is found, by an index, as a look at each known name would find it."""

from whysafe.analysis import triggers
from whysafe.analysis.detectors import Assigns, Calls
from whysafe.rules import CATALOGUE
from whysafe.semantics.known import RETURNS, SECOND_NAMES


def looked_for(path):
    for second, first in SECOND_NAMES.items():
        if path == first or path.startswith(first + "."):
            yield second + path[len(first) :]
    for maker, made in RETURNS.items():
        if path.startswith(made + ".") and not maker.startswith(made + "."):
            yield maker + path[len(made) :]


def test_the_index_finds_what_a_look_at_each_known_name_finds():
    detectors = [detector for rule in CATALOGUE.rules.values() for detector in rule.detectors]
    paths = {name for detector in detectors if isinstance(detector, (Calls, Assigns)) for name in detector.names}
    paths |= {*SECOND_NAMES, *SECOND_NAMES.values(), *RETURNS, *RETURNS.values()}
    paths |= {spelling for path in paths for spelling in triggers._spellings(path)}
    found = {path: sorted(triggers._respelled(path)) for path in paths}
    assert found == {path: sorted(looked_for(path)) for path in paths}
    assert sum(map(bool, found.values())) > 100
