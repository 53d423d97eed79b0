"""Children that take too much, spin or die: one sentence, and they are really gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sheetformer.child import Child, ChildError, TooLargeError, TooSlowError
from sheetformer.processes import Limits, end, start

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits and groups of POSIX")

ANSWERS = """
import json, os, signal, subprocess, sys, time

def spin():
    while True:
        pass

def fill():
    whole = []
    while True:
        whole.append(bytearray(10_000_000))

def lines(text):
    print(text, end="", flush=True)
    time.sleep(60)

def helper():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    return child.pid

def die(code, said):
    print("first", said, sep=chr(10), file=sys.stderr, flush=True)
    os._exit(code)

for line in sys.stdin:
    name, *arguments = json.loads(line)
    if name == "bytes":
        sys.stdout.write(json.dumps({"length": arguments[0]}) + chr(10) + arguments[1])
    else:
        does = globals().get(name, lambda *words: words)
        sys.stdout.write(json.dumps(does(*arguments)) + chr(10))
    sys.stdout.flush()
"""
MEGABYTE = 1_000_000
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="address space is limited there")


def child(**limits: float | int | None) -> Child:
    """A child that does what it is asked."""
    return Child([sys.executable, "-c", ANSWERS], "the child", limits=Limits(**limits))  # type: ignore[arg-type]


def is_gone(group: int) -> bool:
    """Whether nothing of a process group is left within some seconds."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_answers_come_back_and_the_child_ends_with_the_block() -> None:
    with child(seconds=20, processor=20, memory=500 * MEGABYTE) as speaking:
        assert speaking.ask(["echo", 1, "é"]) == [1, "é"]
        assert speaking.ask_for_bytes(["bytes", 4, "four"]) == ({"length": 4}, b"four")
        assert speaking.ask(["echo"]) == []
        assert speaking.alive
    assert not speaking.alive
    assert is_gone(speaking.process.pid)
    speaking.close()


def test_who_spins_is_ended_at_the_deadline() -> None:
    with child(seconds=0.5) as spinning:
        begun = time.monotonic()
        with pytest.raises(TooSlowError) as caught:
            spinning.ask(["spin"])
        assert time.monotonic() - begun < 5
        assert str(caught.value) == "the child took longer than 0.5 s and was ended"
        assert is_gone(spinning.process.pid)


def test_who_spins_uses_up_the_processors_time() -> None:
    with child(seconds=60, processor=1) as spinning:
        with pytest.raises(TooSlowError) as caught:
            spinning.ask(["spin"])
        assert "used more than 1 s of the processor's time" in str(caught.value)
        assert is_gone(spinning.process.pid)


@needs_linux
def test_who_takes_too_much_memory_is_said_and_gone() -> None:
    with child(seconds=60, memory=200 * MEGABYTE) as greedy:
        with pytest.raises(TooLargeError) as caught:
            greedy.ask(["fill"])
        assert str(caught.value) == "the child needed more than 200 MB of memory and was ended"
        assert is_gone(greedy.process.pid)


def test_who_dies_is_reported_with_its_last_words() -> None:
    with child(seconds=60) as dying:
        with pytest.raises(ChildError) as caught:
            dying.ask(["die", 3, "no such cell"])
        assert str(caught.value) == "the child ended unexpectedly: no such cell"
        assert type(caught.value) is ChildError
        assert is_gone(dying.process.pid)
        with pytest.raises(ChildError, match=r"^the child ended unexpectedly$"):
            dying.ask(["echo"])


def test_who_was_killed_is_reported() -> None:
    with child() as victim:
        assert victim.ask(["echo"]) == []
        os.killpg(victim.process.pid, signal.SIGKILL)
        with pytest.raises(ChildError, match=r"^the child ended unexpectedly$"):
            victim.ask(["echo"])


@pytest.mark.parametrize("said", ["no JSON\n", "half a line", '{"length": 9}\nshort'])
def test_an_answer_that_is_none_ends_the_child(said: str) -> None:
    with child(seconds=0.5) as babbling, pytest.raises(ChildError):
        babbling.ask_for_bytes(["lines", said])
    assert is_gone(babbling.process.pid)


def test_its_helpers_go_with_it() -> None:
    with child(seconds=20) as parent:
        helper = parent.ask(["helper"])
        os.kill(helper, 0)
    assert is_gone(parent.process.pid)
    with pytest.raises(ProcessLookupError):
        os.kill(helper, 0)


def test_an_interrupted_request_ends_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with child() as speaking:
        monkeypatch.setattr(speaking, "_talk", interrupt)
        with pytest.raises(KeyboardInterrupt):
            speaking.ask(["echo"])
        assert is_gone(speaking.process.pid)


def test_a_request_that_is_no_json_costs_the_child_nothing() -> None:
    with child() as speaking:
        with pytest.raises(TypeError):
            speaking.ask([object()])
        assert speaking.ask(["echo", 2]) == [2]


def test_messages_may_go_to_a_file_and_old_ones_are_forgotten(tmp_path: Path) -> None:
    with (tmp_path / "messages.txt").open("a+b", buffering=0) as messages:
        command = [sys.executable, "-c", ANSWERS]
        with Child(command, "it", messages=messages) as dying, pytest.raises(ChildError):
            dying.ask(["die", 0, "last"])
        assert (tmp_path / "messages.txt").read_text().splitlines() == ["first", "last"]


def test_a_program_that_is_missing_is_an_error_of_the_system() -> None:
    with pytest.raises(FileNotFoundError):
        Child(["no-such-program-here"])
    with pytest.raises(FileNotFoundError):
        start(["no-such-program-here"])


KILLED = """
import os, signal, subprocess, sys
from sheetformer.child import Child
for ending in (signal.SIGTERM, signal.SIGHUP):  # a background job may have been told to ignore them
    signal.signal(ending, signal.SIG_DFL)
program = "import os, subprocess, sys, tempfile, time; tempfile.mkdtemp();"
program += "helper = subprocess.Popen([sys.executable, '-c', 'while True: pass']);"
program += "input(); print(os.getpid(), flush=True); time.sleep(0.1)" + chr(10) + "while True: pass"
child = Child([sys.executable, "-c", program])
child.ask([])
print(child.process.pid, child.folder, os.listdir(child.folder), flush=True)
input()
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGKILL"])
def test_nothing_is_left_however_its_parent_ends(name: str, tmp_path: Path) -> None:
    """A busy child, its busy helper and its folder go with who started them."""
    parent = subprocess.Popen(
        [sys.executable, "-c", KILLED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        text=True,
    )
    assert parent.stdin
    assert parent.stdout
    group, folder, *inside = parent.stdout.readline().split()
    assert inside != ["[]"], "the child must have left something there"
    parent.send_signal(getattr(signal, name))
    assert parent.wait() != 0
    parent.stdin.close()
    parent.stdout.close()
    assert is_gone(int(group))
    deadline = time.monotonic() + 20
    while Path(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_does_not_talk_is_started_and_ended() -> None:
    process = start([sys.executable, "-c", "import time; time.sleep(60)"])
    assert process.poll() is None
    end(process)
    assert is_gone(process.pid)
    polite = start([sys.executable, "-c", "input()"], talks=True)
    end(polite, patience=10)
    assert polite.returncode == 1, "its input was closed, and it ended by itself"


@needs_linux
def test_what_others_take_of_the_processor_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a child is not late because it had to wait; at some time it is, though."""
    waits = iter([0.0, 0.3, 0.6, *[0.6] * 100])
    monkeypatch.setattr("sheetformer.child._queued", lambda _: next(waits))
    with child(seconds=0.3) as sleeping:
        begun = time.monotonic()
        with pytest.raises(TooSlowError, match=r"longer than 0\.3 s"):
            sleeping.ask(["lines", "x"])
        assert 0.85 < time.monotonic() - begun < 10
    monkeypatch.setattr("sheetformer.child._queued", lambda _: time.monotonic())
    with child(seconds=0.1) as waiting, pytest.raises(TooSlowError):
        waiting.ask(["lines", "x"])
