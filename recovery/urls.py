"""Addresses. Every view is closed unless marked; tests/security walks them all."""

from __future__ import annotations

from django.urls import path, re_path, register_converter

from .views import account, board, breaker, bundles, errors, fragments, health, services
from .views.converters import NameConverter

register_converter(NameConverter, "name")

urlpatterns = [
    path("", board.page, name="board"),
    path("fragments/<path:key>", fragments.fragment, name="fragment"),
    re_path(r"^look/(?P<digest>[0-9a-f]{16})\.(?P<kind>css|js)$", bundles.serve, name="bundle"),
    path("breakers/<name:service>/<name:environment>/<name:breaker>", breaker.page, name="breaker"),
    # /errors/…
    path("errors/", errors.page, name="errors"),
    path("errors/<int:key>/", errors.one, name="error"),
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
    # /account/…
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/sign-in/", account.sign_in, name="sign-in"),
    path("account/sign-out/", account.sign_out, name="sign-out"),
    path("account/link/<str:secret>/", account.one_time_link, name="one-time-link"),
]
