import json

import numpy as np
import pytest

from hyperdynamics_core.data.array_folder import ArrayFolderWriter, DataFolderError, read_array_folder

ARRAYS = {"a": ((4, 3), "float32"), "b": ((4,), "uint8")}
META = {"kind": "things", "seed": 1}


def fill(writer, start, stop):
    for row in range(start, stop):
        writer.arrays["a"][row], writer.arrays["b"][row] = row, row


def make(folder):
    writer = ArrayFolderWriter(folder, ARRAYS, META)
    fill(writer, 0, 4)
    return writer.finish({"names": ["x"]})


def test_what_is_written_is_read(tmp_path):
    fingerprint = make(tmp_path / "pool")
    meta, arrays = read_array_folder(tmp_path / "pool", "things")
    assert meta["seed"] == 1 and meta["names"] == ["x"] and meta["fingerprint"] == fingerprint
    np.testing.assert_array_equal(arrays["a"], np.repeat(np.arange(4.0)[:, None], 3, axis=1))


def test_a_second_writer_continues_after_the_last_committed_row(tmp_path):
    writer = ArrayFolderWriter(tmp_path / "pool", ARRAYS, META)
    fill(writer, 0, 2)
    writer.commit(2)
    fill(writer, 2, 3)  # lost
    again = ArrayFolderWriter(tmp_path / "pool", ARRAYS, META)
    assert again.rows_done == 2
    fill(again, 2, 4)
    assert again.finish({"names": ["x"]}) == make(tmp_path / "other")


def test_other_settings_and_finished_folders_are_refused(tmp_path):
    writer = ArrayFolderWriter(tmp_path / "pool", ARRAYS, META)
    writer.commit(1)
    with pytest.raises(DataFolderError, match="other settings"):
        ArrayFolderWriter(tmp_path / "pool", ARRAYS, {**META, "seed": 2})
    make(tmp_path / "done")
    with pytest.raises(DataFolderError, match="exists already"):
        ArrayFolderWriter(tmp_path / "done", ARRAYS, META)


def test_missing_unfinished_foreign_and_damaged_folders_are_told_apart(tmp_path):
    with pytest.raises(DataFolderError, match="make it first"):
        read_array_folder(tmp_path / "none", "things")
    ArrayFolderWriter(tmp_path / "half", ARRAYS, META).commit(1)
    with pytest.raises(DataFolderError, match="interrupted"):
        read_array_folder(tmp_path / "half", "things")
    make(tmp_path / "pool")
    with pytest.raises(DataFolderError, match="holds 'things' data"):
        read_array_folder(tmp_path / "pool", "crops")
    whole = (tmp_path / "pool" / "a.npy").read_bytes()
    for damaged in (whole[:-4], whole.replace(b"}", b"(")):
        (tmp_path / "pool" / "a.npy").write_bytes(damaged)
        with pytest.raises(DataFolderError, match="a.npy cannot be read"):
            read_array_folder(tmp_path / "pool", "things")


def test_arrays_that_do_not_fit_their_meta_are_refused(tmp_path):
    make(tmp_path / "pool")
    path = tmp_path / "pool" / "meta.json"
    meta = json.loads(path.read_text())
    meta["arrays"]["b"][0] = [5]
    path.write_text(json.dumps(meta))
    with pytest.raises(DataFolderError, match=r"b.npy is uint8 \(4,\)"):
        read_array_folder(tmp_path / "pool", "things")
    path.write_text("{")
    with pytest.raises(DataFolderError, match="not JSON"):
        read_array_folder(tmp_path / "pool", "things")
