"""Addresses of signing in and of one's own page."""

from django.urls import URLPattern, URLResolver, include, path

from departments import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.profile, name="account_profile"),
    path("", include("allauth.account.urls")),
    path("second-factor/", include("allauth.mfa.urls")),
]
