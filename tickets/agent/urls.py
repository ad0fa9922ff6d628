"""Addresses of the agents' pages."""

from django.urls import URLPattern, path

from tickets.agent import canned_urls, ticket_urls
from tickets.agent.views import (
    arrangement,
    bell,
    bulk,
    customers,
    feeds,
    live,
    menus,
    palette,
    profile,
    queue,
    reports,
    search,
    workspaces,
)

app_name = "agent"

urlpatterns: list[URLPattern] = [
    path("", queue.home, name="queue"),
    path("views/<slug:slug>/", queue.view, name="view"),
    path("departments/<slug:slug>/", queue.department, name="department"),
    path("workspaces/", workspaces.workspaces, name="workspaces"),
    path("workspaces/<int:pk>/", queue.workspace, name="workspace"),
    path("workspaces/<int:pk>/deletion/", workspaces.deletion, name="workspace_deletion"),
    path("workspaces/<int:pk>/settings/", workspaces.settings, name="workspace_settings"),
    path("workspaces/<int:pk>/order/", workspaces.order, name="workspace_order"),
    path("workspaces/<int:pk>/sharing-end/", workspaces.sharing_end, name="workspace_sharing_end"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/<slug:token>.atom", feeds.feed, name="feed"),
    path("arrangement/", arrangement.arrangement, name="arrangement"),
    path("bulk/", bulk.start, name="bulk"),
    path("bulk/<int:pk>/", bulk.job, name="bulk_job"),
    path("bulk/<int:pk>/undo/", bulk.undo, name="bulk_undo"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("customers/<int:pk>/addresses/", customers.addresses, name="addresses"),
    path(
        "customers/<int:pk>/addresses/<int:address>/letter/",
        customers.letter,
        name="address_letter",
    ),
    path(
        "customers/<int:pk>/addresses/<int:address>/vouching/",
        customers.vouching,
        name="address_vouching",
    ),
    path(
        "customers/<int:pk>/addresses/<int:address>/main/",
        customers.main_address,
        name="main_address",
    ),
    path(
        "customers/<int:pk>/addresses/<int:address>/removal/",
        customers.removal,
        name="address_removal",
    ),
    path("customers/<int:pk>/merge/", customers.merge, name="customer_merge"),
    path("customers/merges/<int:pk>/undo/", customers.merge_undo, name="customer_merge_undo"),
    path("keys/", menus.keys, name="keys"),
    path("me/", menus.me, name="me"),
    path("go/", palette.palette, name="palette"),
    path("search/", search.search, name="search"),
    path("figures/", reports.figures, name="figures"),
    path("profile/", profile.profile, name="profile"),
    path("profile/devices/", profile.devices, name="devices"),
    path("notifications/", bell.notifications, name="notifications"),
    path("live/", live.live, name="live"),
    *canned_urls.urlpatterns,
    *ticket_urls.urlpatterns,
]
