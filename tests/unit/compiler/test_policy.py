"""The policy of a specialization: its states follow each other, and it says why."""

from __future__ import annotations

import pytest

from minitorch.compiler.earnings import Earnings
from minitorch.compiler.policy import MAX_REFUSED_RUNS, Policy, State
from minitorch.compiler.task import CompilationWarning, Options, Reporter


@pytest.fixture
def policy() -> Policy:
    return Policy(Options(False, max_traces=2, max_operations=100), Reporter("f"), Earnings())


def test_states_only_follow_each_other(policy: Policy) -> None:
    assert policy.state is State.COMPILING and policy.records
    policy.close()
    assert policy.state is State.CLOSED and not policy.records
    with pytest.warns(CompilationWarning, match="f: runs in Python, since it is odd"):
        policy.give_up("it is odd")
    policy.close()
    assert policy.only_python


def test_a_restart_compiles_again_unless_it_comes_too_often(policy: Policy) -> None:
    with pytest.warns(CompilationWarning, match="there are too many"):
        policy.close("there are too many")
    assert policy.state is State.CLOSED and policy.explanation("") == "there are too many"
    policy.restart()
    assert policy.state is State.COMPILING and policy.explanation("") != "there are too many"
    policy.restart()
    with pytest.warns(CompilationWarning, match="changes again and again"):
        policy.restart()
    with pytest.warns(CompilationWarning, match="compiled 4 times"):
        policy.restart()
    assert policy.state is State.PYTHON


def test_known_traces_again_and_again_close_it(policy: Policy) -> None:
    for _ in range(4):
        policy.count_recording(is_new=False)
    assert policy.state is State.COMPILING
    policy.count_recording(is_new=False)
    assert policy.state is State.CLOSED


def test_refusals_count_in_a_row(policy: Policy) -> None:
    assert not any(policy.count_refused_run() for _ in range(MAX_REFUSED_RUNS - 1))
    policy.count_recorded_run()
    assert [policy.count_refused_run() for _ in range(MAX_REFUSED_RUNS)] == [False] * (MAX_REFUSED_RUNS - 1) + [True]


def test_only_the_first_change_is_forgiven(policy: Policy) -> None:
    assert [policy.count_changed_run(), policy.count_changed_run()] == [False, True]
