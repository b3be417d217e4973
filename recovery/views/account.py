"""Sign-in, sign-out, one's own account, and the one-time link."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from recovery.actions import people
from recovery.forms.account import ChangePasswordForm, NewPasswordForm, NewPersonForm
from recovery.permissions import Act, needs, open_to_all

BACKEND = "django.contrib.auth.backends.ModelBackend"

sign_in = open_to_all(
    require_http_methods(["GET", "HEAD", "POST"])(LoginView.as_view(redirect_authenticated_user=True))
)
sign_out = open_to_all(LogoutView.as_view(http_method_names=["post"]))


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
    form = ChangePasswordForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
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
    """Make the first admin (or whoever the link is for) and sign in."""
    try:
        return _welcome(request, secret)
    except people.LinkOver:
        return render(request, "registration/link_over.html", status=410)


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
        user = people.use_link(secret, username=wanted.get("username", ""), password=wanted["password"])
    except people.NameTaken:
        form.add_error("username", "Somebody has this name. A new password for them: recovery admin link --for NAME.")
        return False
    login(request, user, backend=BACKEND)
    return True
