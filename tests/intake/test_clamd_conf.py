"""What is understood of clamd.conf and of the table of mounts."""

from pathlib import Path

import pytest

from archive.desks.intake.clamd_conf import _mounted, prepared

HIGHEST = (1 << 31) - 1
SOCKET = Path("/run/clamav/clamd.ctl")


def most(tmp_path: Path, *lines: str) -> int:
    conf = tmp_path / "clamd.conf"
    conf.write_text("\n".join(lines))
    return prepared(conf, SOCKET).most_bytes


@pytest.mark.parametrize(
    ("lines", "bytes_"),
    [
        pytest.param((), 100 << 20, id="silent: clamd's own values"),
        pytest.param(("MaxFileSize 25M",), 25 << 20, id="the least of them counts"),
        pytest.param(("MaxFileSize 25m", "StreamMaxLength 7000K"), 7000 << 10, id="in other units"),
        pytest.param(("MaxFileSize 25M", "MaxFileSize 30M"), 30 << 20, id="the last word counts"),
        pytest.param(("# MaxFileSize 25M", "  #MaxScanSize 1M"), 100 << 20, id="remarks do not"),
        pytest.param(("MaxFileSize 0", "MaxScanSize 0", "StreamMaxLength 0"), HIGHEST, id="without limits"),
        pytest.param(("MaxFileSize 9G", "MaxScanSize 9G", "StreamMaxLength 9G"), HIGHEST, id="beyond 2 GiB"),
        pytest.param(("MaxFileSize plenty",), 0, id="what cannot be understood"),
    ],
)
def test_how_much_clamd_looks_at(tmp_path: Path, lines: tuple[str, ...], bytes_: int) -> None:
    assert most(tmp_path, *lines) == bytes_


def test_another_name_of_the_same_socket_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "var-run").symlink_to(tmp_path / "run")
    conf = tmp_path / "clamd.conf"
    conf.write_text(f"LocalSocket {tmp_path}/var-run/clamd.ctl\n")
    assert not any("LocalSocket" in fault for fault in prepared(conf, tmp_path / "run" / "clamd.ctl").faults)


def test_a_mount_whose_name_has_a_space_is_found() -> None:
    line = r"36 25 0:32 / /var/lib/clam\040av/memory rw,nosuid shared:7 - tmpfs tmpfs rw,size=4194304k"
    assert _mounted(line) == (Path("/var/lib/clam av/memory"), "tmpfs")
