"""Addresses. Every view is closed unless marked; tests/security walks them all."""

from __future__ import annotations

from django.urls import path, re_path, register_converter

from .views import (
    account,
    audit,
    board,
    breaker,
    bundles,
    errors,
    fragments,
    health,
    people,
    policies,
    policy_editor,
    replay,
    rollouts,
    services,
    settings,
)
from .views.acts import did, hold, many, now
from .views.converters import NameConverter

register_converter(NameConverter, "name")

BREAKER = "breakers/<name:service>/<name:environment>/<name:breaker>"

POLICY = "policies/<name:service>/<name:environment>/<str:kind>/<name:name>"

urlpatterns = [
    path("", board.page, name="board"),
    path("fragments/<path:key>", fragments.fragment, name="fragment"),
    re_path(r"^look/(?P<digest>[0-9a-f]{16})\.(?P<kind>css|js)$", bundles.serve, name="bundle"),
    path(BREAKER, breaker.page, name="breaker"),
    # acts on a breaker, and on many
    path(f"{BREAKER}/acts", hold.acts, name="acts"),
    path(f"{BREAKER}/hold", hold.hold, name="hold"),
    path(f"{BREAKER}/hold/reach", hold.hold_reach, name="hold-reach"),
    path(f"{BREAKER}/release", now.release, name="release"),
    path(f"{BREAKER}/reset", now.reset, name="reset"),
    path(f"{BREAKER}/probe", now.probe, name="probe"),
    path(f"{BREAKER}/undo/<int:revision>", now.undo, name="undo"),
    path(f"{BREAKER}/did/<int:revision>", did.did, name="did"),
    path("many/", many.many, name="many"),
    path("many/reach", many.many_reach, name="many-reach"),
    path("many/<int:entry>/", many.many_did, name="many-did"),
    path("many/<int:entry>/undo", many.many_undo, name="many-undo"),
    # /errors/…
    path("errors/", errors.page, name="errors"),
    path("errors/<int:key>/", errors.one, name="error"),
    # /policies/…
    path("policies/", policies.page, name="policies"),
    path(POLICY, policies.one, name="policy"),
    path(f"{POLICY}/compare", policies.compared, name="compare-policies"),
    path(f"{POLICY}/edit", policy_editor.edit, name="edit-policy"),
    path(f"{POLICY}/preview", policy_editor.previewed, name="preview-policy"),
    path(f"{POLICY}/lift", policy_editor.lift, name="lift-policy"),
    path(f"{POLICY}/replay", replay.fragment, name="policy-replay"),
    # /rollouts/…
    path("rollouts/<int:key>/", rollouts.one, name="rollout"),
    path("rollouts/<int:key>/go-on/", rollouts.go_on, name="go-on-with-rollout"),
    path("rollouts/<int:key>/stop/", rollouts.stop, name="stop-rollout"),
    # /health/…
    path("health/", health.page, name="health"),
    path("health/add/", health.add, name="add-check"),
    path("health/<int:key>/", health.one, name="check"),
    path("health/<int:key>/edit/", health.edit, name="edit-check"),
    path("health/<int:key>/delete/", health.delete, name="delete-check"),
    path("health/<int:key>/switch/", health.switch, name="switch-check"),
    path("health/<int:key>/run/", health.run, name="run-check"),
    # /services/…
    path("services/", services.page, name="services"),
    path("services/add/", services.add, name="add-service"),
    path("services/tokens/<int:key>/revoke/", services.revoke, name="revoke-token"),
    path("services/<name:service>/<name:environment>/", services.one, name="service"),
    path("services/<name:service>/<name:environment>/tokens/", services.new_token, name="new-token"),
    # /people/…
    path("people/", people.page, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/links/<int:key>/withdraw/", people.withdraw, name="withdraw-link"),
    path("people/<int:key>/", people.one, name="person"),
    path("people/<int:key>/deactivate/", people.deactivate, name="deactivate"),
    path("people/<int:key>/activate/", people.activate, name="activate"),
    path("people/<int:key>/password/", people.password_link, name="password-link"),
    # /audit/…
    path("audit/", audit.page, name="audit"),
    path("audit/export.csv", audit.as_csv, name="audit-csv"),
    path("audit/export.jsonl", audit.as_json, name="audit-jsonl"),
    path("audit/<int:key>/", audit.one, name="audit-entry"),
    path("settings/", settings.page, name="settings"),
    # /account/…
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/sign-in/", account.sign_in, name="sign-in"),
    path("account/sign-out/", account.sign_out, name="sign-out"),
    path("account/link/<str:secret>/", account.one_time_link, name="one-time-link"),
]
