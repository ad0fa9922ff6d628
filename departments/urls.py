"""Addresses of signing in and of one's own page."""

from django.urls import URLPattern, URLResolver, include, path

from departments import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.profile, name="account_profile"),
    path("addresses/<str:token>/", views.prove_address, name="account_prove_address"),
    path("", include("allauth.account.urls")),
    path("second-factor/", include("allauth.mfa.urls")),
]
