"""What recording costs: nothing is lost, and little of a core is used."""

from __future__ import annotations

import pytest

from benchmarks import record


def check(row, seconds):
    # On a busy machine the sender itself may not keep its rates.
    assert row["sent"] >= 0.8 * seconds * (3 * 200 + 4 * 30) and row["lost"] == 0
    assert row["megabytes_a_second"] > 3.0


@pytest.mark.parametrize("storage", ["mcap", "sqlite3"])
def test_a_short_recording_is_complete(storage):
    options = record.Options(seconds=4.0, storages=(storage,))
    check(record.run(options)["rows"][storage], 4)


@pytest.mark.perf
@pytest.mark.parametrize("storage", ["mcap", "sqlite3"])
def test_half_a_minute_takes_less_than_a_quarter_of_a_core(storage, capsys):
    row = record.run(record.Options(storages=(storage,)))
    check(row["rows"][storage], 30)
    assert row["rows"][storage]["cores"] < 0.25
    record.show(row)
    assert " 0 lost; 0." in capsys.readouterr().out
