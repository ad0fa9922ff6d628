"""The verbs: everything that can happen to a ticket, for every door.

Each locks the ticket, asks permission, changes rows and writes one line of history, in one
transaction. `by=None` is the house itself; no door can utter it.
"""

from tickets.actions.aside import forward_ticket, hear_aside, write_aside
from tickets.actions.calls import ask_callback, note_call, ring_callback
from tickets.actions.canned import (
    WasUsed,
    copy_canned_reply,
    delete_canned_reply,
    save_canned_reply,
    switch_canned_reply,
)
from tickets.actions.conversation import (
    NothingSaid,
    add_note,
    continue_conversation,
    reply_to_ticket,
)
from tickets.actions.customers import (
    AddressTaken,
    add_address,
    choose_main_address,
    edit_customer,
    remove_address,
    vouch_for_address,
)
from tickets.actions.describing import rename_ticket, set_fields
from tickets.actions.drafting import (
    DraftChanged,
    discard_draft,
    discard_upload,
    save_draft,
    upload_file,
)
from tickets.actions.feedback import ask_for_rating, rate_answer, rate_ticket
from tickets.actions.forms import (
    TOO_MUCH,
    SentAlready,
    Writing,
    open_by_form,
)
from tickets.actions.joining import (
    keep_together,
    link_tickets,
    merge_tickets,
    split_matter,
    split_ticket,
    unlink_tickets,
)
from tickets.actions.keeping import (
    change_workspace,
    close_feed,
    delete_workspace,
    renew_feed,
    save_workspace,
    share_workspace,
    shift_workspace,
)
from tickets.actions.later import (
    LeftAlready,
    cancel_scheduled,
    schedule_reply,
    send_scheduled,
)
from tickets.actions.letters import admit_sender, move_message_out, note_copy
from tickets.actions.limits import TooMuchWritten
from tickets.actions.macros import apply_macro
from tickets.actions.opening import KNOWN_ONLY, NotKnown, open_follow_up, open_related, open_ticket
from tickets.actions.parting import ChangedMeanwhile
from tickets.actions.people import (
    MOST_COUNTED,
    merge_people,
    preview_merge,
    undo_merge_people,
)
from tickets.actions.publishing import draft_article
from tickets.actions.reading import BY_HAND, file_letter, note_delivery, reread_message
from tickets.actions.resending import NothingToResend, correct_and_resend, resend_reply
from tickets.actions.resolution import (
    close_ticket,
    hold_ticket,
    reopen_ticket,
    solve_ticket,
    wait_for_customer,
    wake_ticket,
)
from tickets.actions.steps import absorbed, current
from tickets.actions.taking_back import TooLate, take_back_reply
from tickets.actions.triage import (
    NotAmongAgents,
    assign_ticket,
    categorise_ticket,
    escalate_ticket,
    follow_ticket,
    mark_as_spam,
    move_ticket,
    set_priority,
    tag_ticket,
    unfollow_ticket,
)
from tickets.actions.undoing import UNDOABLE, undo
from tickets.models import FieldsRefused

__all__ = [
    "BY_HAND",
    "KNOWN_ONLY",
    "MOST_COUNTED",
    "TOO_MUCH",
    "UNDOABLE",
    "AddressTaken",
    "ChangedMeanwhile",
    "DraftChanged",
    "FieldsRefused",
    "LeftAlready",
    "NotAmongAgents",
    "NotKnown",
    "NothingSaid",
    "NothingToResend",
    "SentAlready",
    "TooLate",
    "TooMuchWritten",
    "WasUsed",
    "Writing",
    "absorbed",
    "add_address",
    "add_note",
    "admit_sender",
    "apply_macro",
    "ask_callback",
    "ask_for_rating",
    "assign_ticket",
    "cancel_scheduled",
    "categorise_ticket",
    "change_workspace",
    "choose_main_address",
    "close_feed",
    "close_ticket",
    "continue_conversation",
    "copy_canned_reply",
    "correct_and_resend",
    "current",
    "delete_canned_reply",
    "delete_workspace",
    "discard_draft",
    "discard_upload",
    "draft_article",
    "edit_customer",
    "escalate_ticket",
    "file_letter",
    "follow_ticket",
    "forward_ticket",
    "hear_aside",
    "hold_ticket",
    "keep_together",
    "link_tickets",
    "mark_as_spam",
    "merge_people",
    "merge_tickets",
    "move_message_out",
    "move_ticket",
    "note_call",
    "note_copy",
    "note_delivery",
    "open_by_form",
    "open_follow_up",
    "open_related",
    "open_ticket",
    "preview_merge",
    "rate_answer",
    "rate_ticket",
    "remove_address",
    "rename_ticket",
    "renew_feed",
    "reopen_ticket",
    "reply_to_ticket",
    "reread_message",
    "resend_reply",
    "ring_callback",
    "save_canned_reply",
    "save_draft",
    "save_workspace",
    "schedule_reply",
    "send_scheduled",
    "set_fields",
    "set_priority",
    "share_workspace",
    "shift_workspace",
    "solve_ticket",
    "split_matter",
    "split_ticket",
    "switch_canned_reply",
    "tag_ticket",
    "take_back_reply",
    "undo",
    "undo_merge_people",
    "unfollow_ticket",
    "unlink_tickets",
    "upload_file",
    "vouch_for_address",
    "wait_for_customer",
    "wake_ticket",
    "write_aside",
]
