"""Assertions in code that is no test."""


def checks(x, user, token, items):
    assert x > 0  # expect: assert-used
    assert x > 0, "positive"  # expect: assert-used
    assert isinstance(x, int)  # expect: assert-used
    assert x is not None and items  # expect: assert-used
    assert (  # expect: assert-used
        x > 0
    ), "positive"
    assert user.is_admin  # expect: assert-used
    assert has_permission(user, x)  # expect: assert-used
    if x: assert items  # expect: assert-used
    assert False
    assert 0, "never"
    assert None
    asserted = x
    x.assert_called_once()
    return asserted
