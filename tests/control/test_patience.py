from hyperdynamics_core.control.commands import ResultCode
from hyperdynamics_core.control.patience import Patience


def test_each_reason_has_waits_of_its_own_and_they_begin_anew():
    patience = Patience()
    assert [patience.waits_again(ResultCode.STALE_STATE, 2) for _ in range(3)] == [True, True, False]
    assert patience.waits_again(None, 1) and not patience.waits_again(None, 1)
    patience.renew(ResultCode.STALE_STATE)
    assert patience.waits_again(ResultCode.STALE_STATE, 2)
    assert not patience.waits_again(None, 1)


def test_renewing_what_was_never_waited_for_changes_nothing():
    patience = Patience()
    patience.renew(ResultCode.NO_PLAN)
    assert not patience.waits_again(ResultCode.NO_PLAN, 0)
