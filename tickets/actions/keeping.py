"""What agents keep for themselves and their colleagues: workspaces and the addresses of feeds.

They are rows of a person, not of a ticket, so there are no events.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from departments.models import Department, User
from helpdesk.lib.errors import DeskError
from tickets.models import Feed, Workspace
from tickets.models.workspace import feed_token
from tickets.permissions import can_stop_sharing, owns, require, works_in

MOST_WORKSPACES = 100


@transaction.atomic
def save_workspace(*, by: User, name: str, query: str) -> Workspace:
    """Keep a filter under a name. Raises DeskError for somebody who keeps too many already."""
    require(by.is_agent)
    if by.workspaces.count() >= MOST_WORKSPACES:
        raise DeskError(_("These are very many workspaces. Delete one first."))
    return Workspace.objects.create(owner=by, name=name, query=query)


@transaction.atomic
def change_workspace(
    workspace: Workspace, *, by: User, name: str | None = None, query: str | None = None
) -> Workspace:
    """Give it another name or another filter; what is None stays."""
    workspace = Workspace.objects.select_for_update().get(pk=workspace.pk)
    require(owns(by, workspace))
    workspace.name = workspace.name if name is None else name
    workspace.query = workspace.query if query is None else query
    workspace.save(update_fields=["name", "query"])
    return workspace


@transaction.atomic
def share_workspace(workspace: Workspace, *, to: Department | None, by: User) -> Workspace:
    """Show it to all who work in `to` as well, or to nobody else (None). It is a filter: nobody
    sees more tickets by it. Its owner decides; leads may take it out of their department."""
    workspace = Workspace.objects.select_for_update().get(pk=workspace.pk)
    if to is None:
        require(can_stop_sharing(by, workspace))
    else:
        require(owns(by, workspace) and works_in(by, to))
    workspace.shared_with = to
    workspace.save(update_fields=["shared_with"])
    return workspace


@transaction.atomic
def shift_workspace(workspace: Workspace, *, up: bool, by: User) -> None:
    """Let it stand one place further up or down among those of its owner."""
    require(owns(by, workspace))
    standing = list(Workspace.objects.select_for_update().filter(owner=by))
    at = standing.index(workspace)
    to = max(0, at - 1) if up else at + 1
    standing.insert(to, standing.pop(at))
    for order, one in enumerate(standing, 1):
        one.order = order
    Workspace.objects.bulk_update(standing, ["order"])


@transaction.atomic
def delete_workspace(workspace: Workspace, *, by: User) -> None:
    """Forget it, with its feeds; the tickets in it stay."""
    require(owns(by, workspace))
    Feed.objects.filter(key=f"workspace:{workspace.pk}").delete()
    workspace.delete()


@transaction.atomic
def renew_feed(key: str, *, by: User) -> Feed:
    """Give the list `key` an address for programs of `by`; an address it had leads nowhere now."""
    require(by.is_agent)
    feed, _is_new = Feed.objects.update_or_create(
        user=by, key=key, defaults={"token": feed_token()}
    )
    return feed


@transaction.atomic
def close_feed(key: str, *, by: User) -> None:
    """Let nobody read the list `key` at an address of `by` any more."""
    require(by.is_agent)
    Feed.objects.filter(user=by, key=key).delete()
