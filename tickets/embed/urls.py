"""The address of forms on other sites."""

from django.urls import path

from tickets.embed import views

app_name = "embed"

urlpatterns = [path("<slug:key>/", views.form, name="form")]
