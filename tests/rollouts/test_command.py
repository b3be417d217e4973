"""The command line's twin of the pages."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from recovery.models import AuditEntry, Rollout, Service
from tests.rollouts import house

NEW = ["shop", "bank", "failure_threshold=9"]


def run(*words: str) -> str:
    out = StringIO()
    call_command("rollout", *words, stdout=out)
    return out.getvalue()


def test_a_rollout_from_begin_to_stop(service: Service) -> None:
    said = run("begin", *NEW, "--step=one:60", "--step=25:120", "--least-calls=50", "--reason=try it")
    made = Rollout.objects.get()
    assert said == f"rollout {made.pk} of bank has begun\n"
    assert [stage["share"] for stage in made.stages] == ["one", 25.0, 100.0]
    assert made.guardrail["least_calls"] == 50
    assert f"{made.pk}\tshop · production · breaker bank\tstage 1 of 3, one process\tnothing judged yet" in run("list")
    assert "went on" in run("go-on", str(made.pk))
    assert "stage 2 of 3, 25 % of the processes" in run("list")
    assert "is stopped" in run("stop", str(made.pk), "--reason=enough")
    assert run("list") == ""
    assert set(house.runs(service).values()) == {None}
    assert set(AuditEntry.objects.values_list("origin", flat=True)) == {"command"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["begin", *NEW], "a reason is needed"),
        (["begin", *NEW, "--reason=x", "--step=ten:60"], "Expected one:seconds"),
        (["begin", *NEW, "--reason=x", "--step=10:5"], "a stage lasts"),
        (["begin", *NEW, "--reason=x", "--alpha=3"], "alpha must be"),
        (["begin", "nowhere", "bank", "--reason=x"], "there is no service"),
        (["begin", "shop", "nothing", "failure_threshold=9", "--reason=x"], "there is no breaker"),
        (["begin", "shop", "bank", "--reason=x"], "is that already"),
        (["go-on", "99"], "There is no rollout 99"),
        (["stop", "99", "--reason=x"], "There is no rollout 99"),
    ],
)
def test_a_problem_is_told_in_a_line(words: list[str], said: str, service: Service) -> None:
    with pytest.raises(CommandError, match=said):
        run(*words)
    assert not Rollout.objects.exists()


def test_what_is_over_is_said_to_be(service: Service) -> None:
    made = house.begin(service)
    run("stop", str(made.pk), "--reason=enough")
    with pytest.raises(CommandError, match="the rollout is over: stopped"):
        run("stop", str(made.pk), "--reason=again")
    with pytest.raises(CommandError, match="a reason is needed"):
        run("stop", str(house.begin(service, base=2).pk))
