"""The project's addresses: all of them are the app's."""

from __future__ import annotations

from django.urls import include, path

handler400 = "recovery.views.refusals.bad_request"
handler403 = "recovery.views.refusals.forbidden"
handler404 = "recovery.views.refusals.not_found"
handler500 = "recovery.views.refusals.server_error"

urlpatterns = [path("", include("recovery.urls"))]
