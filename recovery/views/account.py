"""Sign-in, sign-out, one's own account, and the one-time link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from recovery.actions import people, signing_in
from recovery.forms.account import ChangePasswordForm, NewPasswordForm, NewPersonForm
from recovery.moment import now
from recovery.permissions import Act, needs, open_to_all

BACKEND = "django.contrib.auth.backends.ModelBackend"
NAME = "username"


class SignIn(LoginView):
    """By name and password; who tried too often is told when to come back, whatever the name."""

    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the knock first; while there is a wait, no password is looked at."""
        self.knock = signing_in.knock_at(request.POST.get(NAME, ""), request.actor)
        if self.knock.until is not None:
            return later(render(request, "registration/too_often.html", {"until": self.knock.until}), self.knock.until)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """In: the session gets a new key."""
        signing_in.opened(self.knock, form.get_user(), actor=self.request.actor)
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Not in."""
        signing_in.failed(self.knock, self.request.POST.get(NAME, ""), actor=self.request.actor)
        return super().form_invalid(form)


class SignOut(LogoutView):
    """Ends the session, and its sockets."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Told before the session is gone."""
        if not request.user.is_authenticated:
            return super().post(request, *args, **kwargs)
        actor = request.actor
        answer = super().post(request, *args, **kwargs)
        signing_in.signed_out(actor=actor)
        return answer


sign_in = open_to_all(require_http_methods(["GET", "HEAD", "POST"])(SignIn.as_view()))
sign_out = open_to_all(SignOut.as_view())


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who I am, what I may, how it looks."""
    return render(request, "recovery/account/page.html")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@needs(Act.KEEP_OWN_ACCOUNT)
def password(request: HttpRequest) -> HttpResponse:
    """A new password; it ends this person's other sessions."""
    name, knock = request.user.get_username(), None
    if request.method == "POST":
        knock = signing_in.knock_at(name, request.actor)
        if knock.until is not None:
            return later(render(request, "registration/too_often.html", {"until": knock.until}), knock.until)
    form = ChangePasswordForm(request.POST or None, person=request.user)
    good = form.is_valid()
    if knock is not None:
        signing_in.failed(knock, name, actor=request.actor) if "present" in form.errors else signing_in.confirmed(knock)
    if good:
        people.change_password(request.user, form.cleaned_data["password"], actor=request.actor)
        update_session_auth_hash(request, request.user)
        messages.success(request, "Your password is changed. Your other sessions are signed out.")
        return redirect("account")
    return render(request, "recovery/account/password.html", {"form": form})


@open_to_all
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def one_time_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Make the first admin (or whoever the link is for) and sign in. Who guesses has to wait."""
    until = signing_in.may_open_links(request.actor).until
    if until is None:
        try:
            return _welcome(request, secret)
        except people.LinkOver:
            until = signing_in.miss(request.actor).until
    if until is not None:
        return later(render(request, "registration/too_often.html", {"until": until, "link": True}), until)
    return render(request, "registration/link_over.html", status=410)


def later(answer: HttpResponse, until: datetime) -> HttpResponse:
    """429, and when to try again."""
    answer.status_code = 429
    answer["Retry-After"] = str(max(1, round((until - now()).total_seconds())))
    return answer


def _welcome(request: HttpRequest, secret: str) -> HttpResponse:
    link = people.open_link(secret)
    make_form = NewPasswordForm if link.user else NewPersonForm
    form = make_form(request.POST or None, person=link.user)
    if request.method == "POST" and form.is_valid() and _use(request, secret, form):
        return redirect("/")
    return render(request, "registration/one_time_link.html", {"form": form, "link": link})


def _use(request: HttpRequest, secret: str, form: NewPasswordForm) -> bool:
    wanted = form.cleaned_data
    try:
        user = people.use_link(secret, username=wanted.get(NAME, ""), password=wanted["password"], actor=request.actor)
    except people.NameTaken:
        form.add_error(NAME, "Somebody has this name. A new password for them: recovery admin link --for NAME.")
        return False
    login(request, user, backend=BACKEND)
    return True
