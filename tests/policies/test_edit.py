"""The editor: what is typed stays typed, everything wrong is said at once, what is published is one action's work."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from recovery.models import AuditEntry, Breaker, Membership, Operation, Policy
from tests import factories as make
from tests.pages.conftest import counted

BANK = "/policies/shop/production/breaker/bank"
FETCH = "/policies/shop/production/operation/fetch"
EDIT = f"{BANK}/edit"

# What the fieldset of a rollout sends; it counts only step by step.
STEPS = {
    "rollout-one_minutes": "5",
    "rollout-share": "10",
    "rollout-share_minutes": "10",
    "rollout-least_calls": "200",
    "rollout-margin": "1",
    "rollout-slower": "1.5",
    "rollout-alpha": "1",
}

Publish = Callable[..., Policy]


def said(page: Any) -> str:
    return " ".join(page.content.decode().split())


def publish(client: Client, address: str = EDIT, **fields: str) -> Any:
    return client.post(address, {"do": "publish", "base": "0", "reason": "it flaps", **fields})


def test_the_form_holds_what_is_in_force(operator: Client, bank: Breaker, published: Publish) -> None:
    published(bank, {"failure_threshold": None, "recovery_timeout": 30.0, "window": "time"}, 7)
    draft = operator.get(EDIT).context["draft"]
    typed = {row.name: row.text for row in draft.rows if row.text}
    assert (typed, draft.base) == ({"recovery_timeout": "30", "window": "time"}, 7)
    assert [row.name for row in draft.rows if row.off] == ["failure_threshold"]
    page = said(operator.get(EDIT))
    assert '<input type="hidden" name="base" value="7">' in page
    assert "In code: 60 s." in page
    assert "A finite number &gt;= 0." in page


def test_every_field_but_locked_is_in_the_form(operator: Client, bank: Breaker, fetch: Operation) -> None:
    from recovery.engine.types import BreakerConfig, RetryConfig

    for address, config in ((BANK, BreakerConfig), (FETCH, RetryConfig)):
        page = operator.get(f"{address}/edit")
        assert [row.name for row in page.context["draft"].rows] == [name for name in config.FIELDS if name != "locked"]
        assert 'name="locked"' not in said(page)


def test_publishing_goes_to_the_target_and_writes_once(operator: Client, bank: Breaker) -> None:
    answer = publish(operator, failure_threshold="3", recovery_timeout="30")
    assert (answer.status_code, answer["Location"]) == (302, f"{BANK}?published=1")
    made = Policy.objects.get()
    assert made.fields == {"failure_threshold": 3, "recovery_timeout": 30.0}
    assert (made.reason, made.kind, made.target) == ("it flaps", "breaker", "bank")
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.revision, entry.after) == ("publish policy", made.revision, made.fields)
    progress = said(operator.get(answer["Location"]))
    assert f'data-fragment="progress:{bank.service_id}:1"' in progress
    assert "applied 0 of 2" in progress
    for other in ("2", "x", "9" * 40):
        assert "progress:" not in said(operator.get(BANK, {"published": other}))


def test_all_that_is_wrong_is_said_at_once_and_what_was_typed_stays(operator: Client, bank: Breaker) -> None:
    answer = publish(operator, failure_threshold="0", recovery_timeout="soon", failure_rate="101", reason=" ")
    page = said(answer)
    for words in (
        "failure_threshold must be a whole number &gt;= 1, or None, got 0",
        "recovery_timeout must be a finite number &gt;= 0, got &#x27;soon&#x27;",
        "failure_rate must be",
        "a reason is needed",
        'value="soon"',
        'value="101"',
        "4 to mend below",
    ):
        assert words in page
    assert answer.status_code == 200
    assert not Policy.objects.exists()
    assert not AuditEntry.objects.exists()


def test_what_is_typed_is_escaped_and_bounded(operator: Client, bank: Breaker) -> None:
    page = said(publish(operator, recovery_timeout="<script>", window="<b>", reason="x" * 501))
    assert "<script>" not in page.split("<main", 1)[1]
    assert "&lt;b&gt;" in page
    assert "reason must be at most 500 characters, got 501" in page


def test_publishing_what_is_in_force_writes_nothing(operator: Client, bank: Breaker, published: Publish) -> None:
    published(bank, {"failure_threshold": 3}, 7)
    page = said(publish(operator, failure_threshold="3", base="7"))
    assert "Nothing was written." in page
    assert Policy.objects.count() == 1


def test_a_second_click_is_no_conflict(operator: Client, bank: Breaker) -> None:
    assert publish(operator, failure_threshold="3").status_code == 302
    assert "Nothing was written." in said(publish(operator, failure_threshold="3"))
    assert (Policy.objects.count(), AuditEntry.objects.count()) == (1, 1)


def test_an_empty_form_returns_to_the_code(operator: Client, bank: Breaker, published: Publish) -> None:
    published(bank, {"failure_threshold": 3}, 7)
    assert "returns to the code’s own" in said(operator.post(EDIT, {"do": "preview", "base": "7"}))
    publish(operator, base="7")
    assert Policy.objects.first().fields is None


def test_an_empty_form_over_nothing_writes_nothing(operator: Client, bank: Breaker) -> None:
    assert "Nothing was written." in said(publish(operator))
    assert not Policy.objects.exists()


def test_the_second_person_sees_the_firsts_diff_and_rebases(
    operator: Client, bank: Breaker, published: Publish
) -> None:
    published(bank, {"failure_threshold": 5, "window_size": 50}, 3)
    published(bank, {"failure_threshold": 9, "window_size": 50, "recovery_timeout": 10.0}, 4, actor="ben")
    mine = {"failure_threshold": "7", "minimum_calls": "20", "base": "3"}
    answer = publish(operator, **mine)
    page = said(answer)
    assert answer.status_code == 409
    assert "ben changed it meanwhile (revision 4)" in page
    assert "failure_threshold 9 failures</ins>" in page
    assert "recovery_timeout 10 s</ins>" in page
    assert 'name="base" value="3"' in page
    assert Policy.objects.count() == 2

    again = operator.post(EDIT, {"do": "rebase", "reason": "it flaps", **mine})
    draft = again.context["draft"]
    assert draft.base == 4
    assert draft.fields == {"failure_threshold": 7, "minimum_calls": 20, "recovery_timeout": 10.0}
    assert again.context["both"] == ("failure_threshold",)
    assert ">it flaps</textarea>" in said(again)
    assert Policy.objects.count() == 2

    over = {row.name: row.text for row in draft.rows if row.text}
    assert publish(operator, **over, base="4").status_code == 302
    assert Policy.objects.first().fields == draft.fields


def test_a_forged_base_is_a_conflict(operator: Client, bank: Breaker, published: Publish) -> None:
    published(bank, {"failure_threshold": 5}, 3)
    for base in ("0", "2", "99", "-1", "x", "9" * 40):
        assert publish(operator, failure_threshold="7", base=base).status_code == 409
    assert Policy.objects.count() == 1


def test_rebasing_what_is_not_legal_says_what_is_wrong_first(
    operator: Client, bank: Breaker, published: Publish
) -> None:
    published(bank, {"failure_threshold": 5}, 3)
    page = operator.post(EDIT, {"do": "rebase", "base": "0", "failure_threshold": "none"})
    assert "failure_threshold must be" in said(page)
    assert page.context["draft"].base == 0


def test_a_preset_fills_the_form_so_that_exactly_it_is_in_force(operator: Client, fetch: Operation) -> None:
    from recovery.engine.types import RetryConfig
    from recovery.queries.policies.values import whole

    for name in ("development", "production", "testing"):
        draft = operator.get(f"{FETCH}/edit", {"preset": name}).context["draft"]
        assert draft.problems == {}
        assert (
            RetryConfig.from_dict(whole("operation", fetch.code_config, draft.fields)) == getattr(RetryConfig, name)()
        )


def test_rolling_back_is_an_edit_filled_with_the_older_fields(
    operator: Client, bank: Breaker, published: Publish
) -> None:
    published(bank, {"failure_threshold": 5}, 3)
    published(bank, {"failure_threshold": 9}, 4)
    assert "Roll back to r3" in said(operator.get(BANK))
    draft = operator.get(EDIT, {"from": "3"}).context["draft"]
    assert (draft.fields, draft.base) == ({"failure_threshold": 5}, 4)
    for unknown in ("2", "x", "9" * 40):
        assert operator.get(EDIT, {"from": unknown}).context["draft"].fields == {"failure_threshold": 9}
    assert publish(operator, failure_threshold="5", base="4").status_code == 302
    assert list(Policy.objects.values_list("fields", flat=True)) == [
        {"failure_threshold": 5},
        {"failure_threshold": 9},
        {"failure_threshold": 5},
    ]


def test_what_is_locked_has_no_editor_and_takes_nothing(operator: Client, bank: Breaker) -> None:
    bank.locked = True
    bank.save()
    page = said(operator.get(EDIT))
    assert "locked in code" in page
    assert "<form" not in page.split("<main", 1)[1].split("</main>")[0]
    publish(operator, failure_threshold="3")
    assert not Policy.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("stranger", 403), ("anonymous", 302)])
def test_who_may_not_edit(browser: Callable[[str], Client], bank: Breaker, role: str, status: int) -> None:
    client = browser(role)
    for page in ("edit", "lift", "preview"):
        assert client.get(f"{BANK}/{page}").status_code == status
    for page in ("edit", "lift"):
        answer = client.post(f"{BANK}/{page}", {"do": "publish", "base": "0", "reason": "x", "window_size": "5"})
        assert answer.status_code == (401 if role == "anonymous" else 403)
    assert not Policy.objects.exists()
    if role == "viewer":
        assert AuditEntry.objects.filter(refused=True).exists()


def test_an_operator_of_other_services_may_not(bank: Breaker) -> None:
    person = make.person("operator")
    Membership.objects.filter(user=person).update(everywhere=False)
    client = Client()
    client.force_login(person)
    assert client.get(EDIT).status_code == 403
    assert publish(client, failure_threshold="3").status_code == 403
    assert client.post(f"{BANK}/lift", {"base": "0", "reason": "x"}).status_code == 403
    assert f"{BANK}/edit" not in said(client.get(BANK))
    assert not Policy.objects.exists()
    Membership.objects.get(user=person).services.add(bank.service)
    assert publish(client, failure_threshold="3").status_code == 302


def test_without_our_token_nothing_is_written(bank: Breaker) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.person("operator"))
    assert publish(client, failure_threshold="3").status_code == 403
    assert not Policy.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("page", ["edit", "lift", "preview"])
def test_other_methods_are_refused(operator: Client, bank: Breaker, method: str, page: str) -> None:
    assert getattr(operator, method)(f"{BANK}/{page}").status_code in {403, 405}


# -- return to the code's own ------------------------------------------------------------------------------------------


def test_returning_to_code_is_two_steps_with_a_reason(operator: Client, bank: Breaker, published: Publish) -> None:
    published(bank, {"failure_threshold": 3}, 7)
    page = said(operator.get(f"{BANK}/lift"))
    assert "failure_threshold 3 failures</del>" in page
    assert "failure_threshold as in code</ins>" in page
    assert Policy.objects.count() == 1
    assert "a reason is needed" in said(operator.post(f"{BANK}/lift", {"base": "7", "reason": ""}))
    assert operator.post(f"{BANK}/lift", {"base": "7", "reason": "fixed"}).status_code == 302
    assert Policy.objects.first().fields is None
    assert AuditEntry.objects.latest("pk").act == "return to code"


def test_returning_on_a_stale_base_is_a_conflict(operator: Client, bank: Breaker, published: Publish) -> None:
    published(bank, {"failure_threshold": 3}, 7)
    published(bank, {"failure_threshold": 4}, 8)
    answer = operator.post(f"{BANK}/lift", {"base": "7", "reason": "fixed"})
    assert answer.status_code == 409
    assert 'name="base" value="8"' in said(answer)
    assert Policy.objects.count() == 2


def test_returning_twice_writes_once(operator: Client, bank: Breaker) -> None:
    answer = operator.post(f"{BANK}/lift", {"base": "0", "reason": "fixed"}, follow=True)
    assert "Nothing was written" in said(answer)
    assert not Policy.objects.exists()


# -- compare -----------------------------------------------------------------------------------------------------------


def test_any_two_revisions_are_compared(viewer: Client, bank: Breaker, published: Publish) -> None:
    published(bank, {"failure_threshold": 3}, 3)
    published(bank, {"failure_threshold": 4}, 5)
    published(bank, None, 7)
    page = said(viewer.get(f"{BANK}/compare", {"a": "3", "b": "5"}))
    assert "failure_threshold 3 failures</del>" in page
    assert "failure_threshold 4 failures</ins>" in page
    assert "as in code</ins>" in said(viewer.get(f"{BANK}/compare", {"a": "5", "b": "0"}))
    assert "They are the same." in said(viewer.get(f"{BANK}/compare", {"a": "7", "b": "0"}))
    assert "r5 → r7" in said(viewer.get(f"{BANK}/compare"))
    for query in ({"a": "3", "b": "4"}, {"a": "99", "b": "3"}):
        assert viewer.get(f"{BANK}/compare", query).status_code == 404
    assert viewer.get(f"{BANK}/compare", {"a": "x", "b": "-1"}).status_code == 200


# -- preview -----------------------------------------------------------------------------------------------------------


def test_the_preview_of_a_breaker_shows_its_machine_and_the_difference(operator: Client, bank: Breaker) -> None:
    page = said(operator.get(f"{BANK}/preview", {"failure_threshold": "3", "recovery_timeout": "90"}))
    assert ">3 failures in a row</text>" in page
    assert ">after 90 s</text>" in page
    assert "failure_threshold 3 failures</ins>" in page
    assert not Policy.objects.exists()


def test_the_preview_says_what_is_wrong_at_each_field(operator: Client, bank: Breaker) -> None:
    page = said(operator.get(f"{BANK}/preview", {"failure_threshold": "0", "window_size": "x"}))
    assert page.count("hx-swap-oob") == 15
    assert 'id="problem-failure_threshold" aria-live="polite" hx-swap-oob="true">failure_threshold must be' in page
    assert "Not legal yet" in page
    assert "in a row</text>" not in page


def test_the_schedule_is_the_engines_own(operator: Client, fetch: Operation) -> None:
    drawn = operator.get(f"{FETCH}/preview", {"max_attempts": "3", "base_delay": "2", "jitter": "no"})
    schedule, load = drawn.context["preview"].schedule, drawn.context["preview"].load
    assert [(each.earliest, each.latest) for each in schedule.attempts] == [(0.0, 0.0), (2.0, 2.0), (6.0, 6.0)]
    assert (schedule.total, load.times) == ((6.0, 6.0), 3)
    page = said(drawn)
    assert page.count('class="band"') == 3
    assert "up to 3 calls" in page
    fixed = operator.get(
        f"{FETCH}/preview", {"max_attempts": "3", "base_delay": "2", "jitter": "no", "strategy": "fixed"}
    )
    assert fixed.context["preview"].schedule.total == (4.0, 4.0)
    never = operator.get(f"{FETCH}/preview", {"max_attempts": "3", "failing": "not_found"})
    assert never.context["preview"].schedule.count == 1
    assert "not_found is not retried" in said(never)
    nonsense = operator.get(f"{FETCH}/preview", {"failing": "<b>", "strategy": "hope"})
    assert nonsense.context["draft"].drawn_as.strategy == "exponential"


def test_an_entry_of_a_map_that_is_no_number_is_said_at_its_field(operator: Client, fetch: Operation) -> None:
    typed = {"reason_factors.timeout": "often"}
    for page in (f"{FETCH}/preview", f"{FETCH}/edit"):
        answer = operator.get(page, typed)
        assert answer.status_code == 200
    assert "got {&#x27;timeout&#x27;: &#x27;often&#x27;}" in said(operator.get(f"{FETCH}/preview", typed))
    assert operator.post(f"{FETCH}/edit", {"do": "publish", "reason": "x", "base": "0", **typed}).status_code == 200
    assert not Policy.objects.exists()


def test_the_worst_load_is_reckoned_from_recorded_calls(operator: Client, fetch: Operation) -> None:
    from recovery.models import OperationMinute

    assert operator.get(f"{FETCH}/preview").context["preview"].load.now is None
    at = make.slot(600) // 60 * 60
    OperationMinute.objects.create(operation=fetch, at=at, attempts=4000, retries=400)
    load = operator.get(f"{FETCH}/preview", {"max_attempts": "5"}).context["preview"].load
    assert (load.now, load.worst) == (1.0, 5.0)


def test_a_million_attempts_are_drawn_in_bounds(operator: Client, fetch: Operation) -> None:
    page = operator.get(f"{FETCH}/preview", {"max_attempts": "1000000", "base_delay": "0", "max_delay": "0"})
    assert len(page.content) < 60_000
    assert "more than 1,000 attempts" in said(page)


EXTREME = ["1e308", "1e-308", "5e-324", "0", "9007199254740991"]


@pytest.mark.parametrize("text", EXTREME)
def test_whatever_is_legal_can_be_drawn(operator: Client, bank: Breaker, fetch: Operation, text: str) -> None:
    fields = {"base_delay": text, "max_delay": "1.7e308", "exponential_base": "1e308", "max_attempts": "40"}
    for jitter in ("yes", "no", "full", "decorrelated"):
        page = operator.get(f"{FETCH}/preview", fields | {"jitter": jitter, "max_elapsed": "1e308"})
        assert page.status_code == 200
        assert "nan" not in said(page)
        assert page.context["preview"].schedule is not None
    names = ("recovery_timeout", "slow_call_duration", "recovery_growth", "window_size", "failure_threshold")
    assert operator.get(f"{BANK}/preview", dict.fromkeys(names, text)).status_code == 200


def test_previewing_costs_few_queries_and_writes_nothing(operator: Client, fetch: Operation) -> None:
    with counted() as many:
        operator.get(f"{FETCH}/preview", {"max_attempts": "5"})
    assert many[0] <= 8
    assert not AuditEntry.objects.exists()


# -- while a rollout runs ----------------------------------------------------------------------------------------------


def test_while_a_rollout_runs_the_editor_says_so_and_nothing_else_is_published(operator: Client, bank: Breaker) -> None:
    begun = publish(operator, failure_threshold="3", **{"rollout-how": "step by step"}, **STEPS)
    assert (begun.status_code, Policy.objects.get().scope["kind"]) == (302, "process")
    assert begun["Location"].startswith("/rollouts/")
    page = said(operator.get(EDIT))
    assert "A rollout of it is running" in page
    assert f'href="{begun["Location"]}"' in page
    answer = publish(operator, failure_threshold="4")
    assert answer.status_code == 409
    assert "Nothing was published." in said(answer)
    assert operator.post(f"{BANK}/lift", {"base": "0", "reason": "x"}).status_code == 409
    assert Policy.objects.count() == 1


# -- at once -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_four_who_publish_at_once_one_is_published_and_three_see_a_conflict(bank: Breaker) -> None:
    clients = [Client() for _ in range(4)]
    for client in clients:
        client.force_login(make.person("operator"))

    def send(number: int) -> int:
        try:
            return int(publish(clients[number], failure_threshold=str(number + 6)).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == [302, 409, 409, 409]
    assert Policy.objects.count() == 1
    assert AuditEntry.objects.count() == 1
