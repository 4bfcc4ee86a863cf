"""Every screen that is photographed. A new screen is one row here.

`url_name` is resolved with the workspace's key and then `arguments`: names of what `sample` made, or the words
themselves. A name that no area serves fails. `steps(page)` may open a menu or a dialog before the picture.
`needs` names the workspace: "shop" is full of people and mail, "new" is empty, in "closed" the sending hours are over.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from kesher.messages.models import Message
from kesher.messages.tokens import read_token
from kesher.public.identity import remember_proof

Page = Any


def nothing(page: Page) -> None:
    """The page as it comes."""


@dataclass(frozen=True)
class Screen:
    name: str
    url_name: str
    arguments: tuple[str, ...] = ()
    steps: Callable[[Page], None] = nothing
    needs: str = "shop"
    in_workspace: bool = True
    signed_in: bool = True
    query: str = ""
    path: str = ""
    status: int = 200
    full_page: bool = True


def see_chart(page: Page) -> None:
    """Charts are drawn when they come near the screen."""
    page.locator(".k-chart").first.scroll_into_view_if_needed()
    page.locator(".k-chart svg path").first.wait_for(state="attached")
    page.evaluate("() => scrollTo(0, 0)")


def save_no_hours(page: Page) -> None:
    """The form of sending hours without one open day."""
    page.locator(".k-hours-edit > summary").click()
    for box in page.locator(".k-hours-part:first-of-type .k-hours-day [type=checkbox]").all():
        box.uncheck()
    page.locator(".k-hours-form [type=submit]").click()
    page.locator("[role=alert]").first.wait_for()


def type_a_code(page: Page) -> None:
    """A code that was never sent."""
    page.locator("[name=code]").fill("123456")
    page.locator("button").first.click()
    page.locator("[role=alert]").wait_for()


def prove_address(page: Page) -> None:
    """As one who typed in the right code; other pages of this browser are not to know."""
    message = Message.objects.get(pk=read_token(page.url.rpartition("/")[2]))
    proof = HttpResponse()
    remember_proof(proof, message.workspace_id, message.contact_id or 0, timezone.now())
    cookies = [
        {"name": name, "value": kept.value, "url": page.url} for name, kept in proof.cookies.items()
    ]
    page.context.add_cookies(cookies)
    page.reload()
    page.context.clear_cookies(name=cookies[0]["name"])
    page.locator("[name=first_name]").wait_for()


def see_rehearsed(page: Page) -> None:
    see_canvas(page)
    page.locator(".kj-rehearsed").wait_for()
    below = page.evaluate("() => document.querySelector('.kj-body').getBoundingClientRect().height")
    assert below > 500, f"the drawing is {below} px high"


def see_canvas(page: Page) -> None:
    """The canvas has drawn its steps."""
    page.locator(".kj-step").first.wait_for()


def see_step(page: Page) -> None:
    """The settings of a condition, with its rule."""
    see_canvas(page)
    page.locator(".react-flow__node[data-id=near]").evaluate("node => node.click()")
    page.locator(".kj-inspector .kr").wait_for()


def see_happenings(page: Page) -> None:
    """What else happens on the way, and single messages."""
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")


def open_resume(page: Page) -> None:
    """What fell due while the journey was paused."""
    page.locator("[data-dialog=resume]").click()
    page.locator("dialog[open]").wait_for()


def find_why(page: Page) -> None:
    """Somebody is looked for, and the first who is found is asked about."""
    page.goto(f"{page.url}?q=reader1")
    page.locator("#why-found a").first.click()
    page.locator(".j-answer").wait_for()


def see_notes(page: Page) -> None:
    """Notes lie beside their steps."""
    see_canvas(page)
    page.locator(".kj-note").nth(5).wait_for()


def see_note(page: Page) -> None:
    """A note that is chosen, with its colours and what can be done to it."""
    see_notes(page)
    page.locator(".react-flow__node-note").nth(2).evaluate("note => note.click()")
    page.locator(".kj-note-tools").wait_for()


def see_start(page: Page) -> None:
    """What starts the journey."""
    see_canvas(page)
    page.locator(".react-flow__node").first.evaluate("node => node.click()")
    page.locator(".kj-inspector").wait_for()


def see_steps(page: Page) -> None:
    """The menu of steps."""
    see_canvas(page)
    page.locator(".kj-add button").first.evaluate("button => button.click()")
    page.locator("dialog[open]").wait_for()


def see_mail_step(page: Page) -> None:
    """The settings of a message, with what became of it and its text in place."""
    see_canvas(page)
    page.locator(".react-flow__node[data-id=hello]").evaluate("node => node.click()")
    page.locator(".kj-inspector .kj-message").wait_for()


def see_bands(page: Page) -> None:
    """A split by bands of a number, with a gap between them."""
    see_canvas(page)
    page.locator(".react-flow__node[data-id=split_1]").evaluate("node => node.click()")
    page.locator(".kj-inspector .kj-manners").wait_for()


def see_problems(page: Page) -> None:
    """What is wrong with the journey, each leading to its step."""
    see_canvas(page)
    page.locator(".kj-warned").evaluate("button => button.click()")
    page.locator(".kj-problem-list").wait_for()


def see_found(page: Page) -> None:
    """Finding a step."""
    see_canvas(page)
    page.locator(".kj-bar .k-icon-button").nth(1).evaluate("button => button.click()")
    page.locator(".kj-find input").fill("ברוכים")
    page.locator(".kj-find [role=option]").first.wait_for()


def see_writing(page: Page) -> None:
    """The message of a step in its editor, over the canvas."""
    see_mail_step(page)
    page.locator(".kj-message .btn").first.evaluate("button => button.click()")
    page.locator(".kj-workshop .ke-bar").wait_for()


def open_palette(page: Page) -> None:
    page.keyboard.press("Control+KeyK")
    page.locator(".k-palette[open] [role=option]").first.wait_for()


def open_work(page: Page) -> None:
    page.locator("#work-button").click()
    page.locator("#work-panel.show").wait_for()


def open_desk(page: Page) -> None:
    """The bell's panel."""
    page.locator("#desk-button").click()
    page.locator("#desk-panel.show").wait_for()


def see_desk_on_card(page: Page) -> None:
    """What lies on the desk about this contact has come."""
    page.locator("#contact-desk .d-task").first.wait_for()


def open_shortcuts(page: Page) -> None:
    page.keyboard.press("?")
    page.locator("#shortcuts[open]").wait_for()


def open_person_menu(page: Page) -> None:
    if page.locator("[data-side-toggle][aria-expanded]").is_visible():
        page.locator("[data-side-toggle][aria-expanded]").click()
    page.locator(".k-person").click()
    page.locator(".k-side-foot .dropdown-menu.show").first.wait_for()


def choose_two(page: Page) -> None:
    boxes = page.locator("[name=ids]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.locator(".k-selection:not([hidden])").first.wait_for()


def open_change(page: Page) -> None:
    """The form that changes a field of those who are chosen."""
    choose_two(page)
    page.locator(".k-selection [data-bs-toggle=dropdown]:has(~ div #bulk-change)").click()
    page.locator("#bulk-change").wait_for()


def open_details(page: Page) -> None:
    """Everything that is folded away."""
    page.evaluate(
        "() => document.querySelectorAll('main details').forEach(one => { one.open = true })"
    )


def submit(page: Page) -> None:
    """The main button, with what the form holds as it comes: the errors."""
    page.locator("main form:has(.btn-primary)").last.evaluate("form => { form.noValidate = true }")
    with page.expect_navigation():
        page.locator("main form .btn-primary").last.click()


def name_foreign_sites(page: Page) -> None:
    page.locator("[name=identified_sites]").fill("green-books.example\nco.il *.shop.example")
    page.locator("main form .btn-primary").click()
    page.locator(".k-error").first.wait_for()


def make_key(page: Page) -> None:
    page.locator("main form [name=name]").fill("מפתח לצילום")
    page.locator("main form [name=scopes]").first.check()
    with page.expect_navigation():
        page.locator("main form .btn-primary").click()


def ask_to_send(page: Page) -> None:
    page.locator("#send-action [data-confirm]").click()
    page.locator("#confirm[open]").wait_for()


def open_block_dialog(page: Page) -> None:
    page.locator("[data-dialog=block-addresses]").click()
    page.locator("#block-addresses[open]").wait_for()


def see_editor(page: Page) -> None:
    page.locator("#editor > *").first.wait_for()


def see_sizes(page: Page) -> None:
    """The sizes over everybody are counted."""
    page.locator(".ke-everybody h2").wait_for(state="attached")


def choose_who_gets(page: Page) -> None:
    """Whom the second piece is for."""
    see_sizes(page)
    page.locator(".ke-piece").nth(1).locator(".ke-targeted").click()
    page.locator("dialog[open] .kr").wait_for()
    page.wait_for_timeout(600)


def see_targets(page: Page) -> None:
    """Each badge has its count."""
    page.locator(".ke-badge-target b").first.wait_for()
    page.wait_for_timeout(300)


def choose_who_sees(page: Page) -> None:
    see_targets(page)
    page.locator("[data-block=quiet] > .ke-badge-target").click()
    page.locator("dialog[open] .kr-row").first.wait_for()
    page.wait_for_timeout(1500)


def see_coverage(page: Page) -> None:
    see_targets(page)
    page.get_by_role("button", name=re.compile("^(מי רואה מה|Who sees what)$")).click()
    page.locator(".ke-combinations > li").first.wait_for()


def view_as_somebody(page: Page) -> None:
    see_coverage(page)
    page.locator(".ke-combinations .btn").first.click()
    page.locator(".ke-ghost").first.wait_for()


def see_rule(page: Page) -> None:
    """The builder has replaced what waits for it, and has counted."""
    page.locator("[data-rule-mount]:not([aria-busy=true])").first.wait_for()
    page.wait_for_timeout(1500)


def submit_rule(page: Page) -> None:
    submit(page)
    see_rule(page)


def open_rule_dialog(page: Page) -> None:
    page.locator("[data-dialog=contact-rule]").click()
    page.locator("#contact-rule[open]").wait_for()
    see_rule(page)


HAIFA = (
    "%7B%22field%22:%22city%22,%22op%22:%22equals%22,%22value%22:%22%D7%97%D7%99%D7%A4%D7%94%22%7D"
)

SCREENS = [
    Screen("home", "home", steps=see_chart),
    Screen("home_new", "home", needs="new"),
    Screen("palette", "home", steps=open_palette, full_page=False),
    Screen("work_panel", "home", steps=open_work, full_page=False),
    Screen("shortcuts", "home", steps=open_shortcuts, full_page=False),
    Screen("person_menu", "home", steps=open_person_menu, full_page=False),
    Screen("desk", "desk"),
    Screen("desk_all", "desk", query="?show=all"),
    Screen("desk_none_done", "desk", query="?show=done"),
    Screen("desk_new_workspace", "desk", needs="new"),
    Screen("desk_alerts", "desk_alerts"),
    Screen("desk_alerts_new_workspace", "desk_alerts", needs="new"),
    Screen("desk_panel", "home", steps=open_desk, full_page=False),
    Screen("desk_task_new", "desk_task_new", ("contact",)),
    Screen("desk_task", "desk_task", ("task",)),
    Screen("desk_on_card", "contact_card", ("contact",), see_desk_on_card),
    Screen("contacts", "contacts_index"),
    Screen("contacts_chosen", "contacts_index", steps=choose_two, full_page=False),
    Screen("contacts_new_workspace", "contacts_index", needs="new"),
    Screen("contacts_none", "contacts_index", query="?q=zzzz"),
    Screen("contact", "contact_card", ("contact",)),
    Screen("contact_bare", "contact_card", ("bare",)),
    Screen("contact_refused", "contact_card", ("ruth",), open_details),
    Screen("contact_edit", "contact_edit", ("contact",)),
    Screen("contact_merge", "contact_merge", ("ruth",), query="?other={other_ruth}"),
    Screen("contact_merge_search", "contact_merge", ("ruth",)),
    Screen("contact_erase", "contact_erase", ("contact",)),
    Screen("contact_new", "contacts_new"),
    Screen("contact_new_errors", "contacts_new", steps=submit),
    Screen("lists", "lists_index"),
    Screen("lists_new_workspace", "lists_index", needs="new"),
    Screen("list_new", "lists_new"),
    Screen("list_edit", "list_edit", ("list",)),
    Screen("recipes", "recipes_index"),
    Screen("recipe", "recipe", ("prospective_student",)),
    Screen("recipe_long", "recipe", ("interests",)),
    Screen("recipe_unreachable", "recipe", ("unreachable",)),
    Screen("recipe_hebrew_dates", "recipe", ("hebrew_birthdays",)),
    Screen("recipe_branches", "recipe", ("scoring",), needs="new"),
    Screen("journeys", "journeys_index"),
    Screen("journeys_new_workspace", "journeys_index", needs="new"),
    Screen("journeys_none", "journeys_index", query="?q=zzzz"),
    Screen("journey_new", "journeys_new"),
    Screen("journey", "journey", ("journey",)),
    Screen("journey_draft", "journey", ("journey_draft",)),
    Screen("journey_publish", "journey_publish", ("journey_draft",)),
    Screen("journey_people", "journey_step", ("journey", "journey_node")),
    Screen("journey_publish_people", "journey_publish", ("journey_moved",)),
    Screen("journey_versions", "journey_versions", ("journey_moved",)),
    Screen("journey_versions_none", "journey_versions", ("journey_draft",)),
    Screen("journey_resume", "journey", ("journey_paused",), open_resume, full_page=False),
    Screen("journey_asked", "journey_asked", ("journey_asking",)),
    Screen("journey_asked_none", "journey_asked", ("journey_moved",)),
    Screen("journey_why", "journey_why", ("journey_moved",), query="?q=כהן"),
    Screen("journey_why_told", "journey_why", ("journey_moved",), find_why),
    Screen("journey_canvas", "journey_canvas", ("journey",), see_canvas, full_page=False),
    Screen(
        "journey_canvas_rehearsed",
        "journey_canvas",
        ("journey",),
        see_rehearsed,
        query="?rehearsal={rehearsal}",
        full_page=False,
    ),
    Screen("journey_canvas_step", "journey_canvas", ("journey",), see_step, full_page=False),
    Screen("journey_canvas_start", "journey_canvas", ("journey",), see_start, full_page=False),
    Screen("journey_canvas_mail", "journey_canvas", ("journey",), see_mail_step, full_page=False),
    Screen("journey_canvas_bands", "journey_canvas", ("journey_many",), see_bands, full_page=False),
    Screen(
        "journey_canvas_problems",
        "journey_canvas",
        ("journey_many",),
        see_problems,
        full_page=False,
    ),
    Screen("journey_canvas_find", "journey_canvas", ("journey",), see_found, full_page=False),
    Screen("journey_canvas_writing", "journey_canvas", ("journey",), see_writing, full_page=False),
    Screen(
        "journey_canvas_empty", "journey_canvas", ("journey_empty",), see_start, full_page=False
    ),
    Screen(
        "journey_canvas_notes", "journey_canvas", ("journey_noted",), see_notes, full_page=False
    ),
    Screen("journey_canvas_note", "journey_canvas", ("journey_noted",), see_note, full_page=False),
    Screen("journey_noted", "journey", ("journey_noted",)),
    Screen("journey_canvas_menu", "journey_canvas", ("journey",), see_steps, full_page=False),
    Screen("rehearsal_ask", "journey_rehearse", ("journey",), see_happenings),
    Screen("rehearsal_playing", "rehearsal", ("rehearsal_playing",)),
    Screen("rehearsal_failed", "rehearsal", ("rehearsal_failed",)),
    Screen("rehearsal", "rehearsal", ("rehearsal",)),
    Screen("rehearsal_messages", "rehearsal_messages", ("rehearsal",)),
    Screen("rehearsal_none", "rehearsal_messages", ("rehearsal",), query="?node=none"),
    Screen("rehearsal_people", "rehearsal_people", ("rehearsal",)),
    Screen("rehearsal_person", "rehearsal_person", ("rehearsal", "rehearsal_contact")),
    Screen(
        "rehearsal_message",
        "rehearsal_message",
        ("rehearsal", "rehearsal_contact", "rehearsal_number"),
    ),
    Screen("segments", "segments_index"),
    Screen("segments_new_workspace", "segments_index", needs="new"),
    Screen("segments_none", "segments_index", query="?q=zzzz"),
    Screen("segment", "segment", ("segment",), see_chart),
    Screen("segment_long", "segment", ("segment_long",), open_details),
    Screen("segment_empty", "segment", ("segment_empty",)),
    Screen("segment_broken", "segment", ("segment_broken",)),
    Screen("segment_archived", "segment", ("segment_archived",)),
    Screen("segment_new", "segments_new", steps=see_rule),
    Screen("segment_new_example", "segments_new", steps=see_rule, query="?example=sleeping"),
    Screen("segment_new_errors", "segments_new", steps=submit_rule),
    Screen("segment_edit", "segment_edit", ("segment_long",), see_rule),
    Screen("contacts_segment", "contacts_index", query="?segment={segment}"),
    Screen("contacts_rule", "contacts_index", query=f"?rule={HAIFA}"),
    Screen("contacts_rule_unreadable", "contacts_index", query="?rule=%7B%22list%22:%22x%22%7D"),
    Screen("contacts_rule_dialog", "contacts_index", steps=open_rule_dialog, full_page=False),
    Screen("fields", "fields_index"),
    Screen("fields_new_workspace", "fields_index", needs="new"),
    Screen("field_new", "fields_new"),
    Screen("field_edit", "field_edit", ("field",)),
    Screen("blocked", "blocked_index"),
    Screen("blocked_dialog", "blocked_index", steps=open_block_dialog, full_page=False),
    Screen("blocked_new_workspace", "blocked_index", needs="new"),
    Screen("bin", "contacts_bin"),
    Screen("bin_chosen", "contacts_bin", steps=choose_two, full_page=False),
    Screen("bin_new_workspace", "contacts_bin", needs="new"),
    Screen("bin_none", "contacts_bin", query="?q=zzzz"),
    Screen("contacts_change", "contacts_index", steps=open_change, full_page=False),
    Screen("contacts_act_done", "contacts_act", ("act_done",)),
    Screen("contacts_act_stopped", "contacts_act", ("act_stopped",)),
    Screen("imports", "imports_index"),
    Screen("imports_new_workspace", "imports_index", needs="new"),
    Screen("import_new", "imports_new"),
    Screen("import_columns", "imports_columns", ("import",)),
    Screen("import_options", "imports_options", ("import",)),
    Screen("import_report", "imports_show", ("import_done",)),
    Screen("import_people", "imports_people", ("import_done", "created")),
    Screen("campaigns", "campaigns_index"),
    Screen("campaigns_new_workspace", "campaigns_index", needs="new"),
    Screen("campaigns_none", "campaigns_index", query="?q=zzzz"),
    Screen("campaign_new", "campaigns_new"),
    Screen("campaign_new_mail", "campaigns_new", query="?channel=email"),
    Screen("campaign_new_text", "campaigns_new", query="?channel=sms"),
    Screen("campaign_ab_draft", "campaign", ("ab_draft",), open_details),
    Screen("campaign_ab_waiting", "campaign", ("ab_waiting",)),
    Screen("campaign_ab_decided", "campaign", ("ab_decided",)),
    Screen(
        "campaign_ab_people", "campaign_people", ("ab_waiting",), query="?what=opened&variant=1"
    ),
    Screen("campaign_sms", "campaign", ("sms",)),
    Screen("campaign_sms_report", "campaign", ("sms_sent",)),
    Screen("campaign_resend", "campaign", ("resend",)),
    Screen("campaign_draft", "campaign", ("draft",)),
    Screen("campaign_draft_open", "campaign", ("draft",), open_details),
    Screen("campaign_confirm", "campaign", ("draft",), ask_to_send, full_page=False),
    Screen("campaign_empty", "campaign", ("empty",)),
    Screen("campaign_scheduled", "campaign", ("scheduled",)),
    Screen("campaign_report", "campaign", ("campaign",), see_chart),
    Screen("campaign_people", "campaign_people", ("campaign",)),
    Screen("campaign_refused", "campaign_people", ("campaign",), query="?what=refused"),
    Screen("content", "content_index"),
    Screen("content_new_workspace", "content_index", needs="new"),
    Screen("content_none", "content_index", query="?q=zzzz"),
    Screen("content_archive", "content_index", query="?archived=1"),
    Screen("content_new", "content_new"),
    Screen("editor", "content_editor", ("document",), see_editor, full_page=False),
    Screen("editor_targeted", "content_editor", ("targeted",), see_targets, full_page=False),
    Screen("editor_target", "content_editor", ("targeted",), choose_who_sees, full_page=False),
    Screen("editor_coverage", "content_editor", ("targeted",), see_coverage, full_page=False),
    Screen("editor_view_as", "content_editor", ("targeted",), view_as_somebody, full_page=False),
    Screen("editor_sms", "content_editor", ("sms_document",), see_sizes, full_page=False),
    Screen(
        "editor_sms_target", "content_editor", ("sms_document",), choose_who_gets, full_page=False
    ),
    Screen("editor_whatsapp", "content_editor", ("whatsapp_document",), see_sizes, full_page=False),
    Screen("mailbox", "mailbox_index"),
    Screen("mailbox_new_workspace", "mailbox_index", needs="new"),
    Screen("mailbox_none", "mailbox_index", query="?q=zzzz"),
    Screen("mail", "mailbox_mail", ("mail",)),
    Screen("mailbox_sms", "mailbox_index", query="?channel=sms"),
    Screen(
        "mailbox_whatsapp_new_workspace", "mailbox_index", needs="new", query="?channel=whatsapp"
    ),
    Screen("mailbox_sms_none", "mailbox_index", query="?channel=sms&q=777777777"),
    Screen("conversation", "mailbox_conversation", ("by_sms", "number")),
    Screen("conversation_whatsapp", "mailbox_conversation", ("whatsapp", "number")),
    Screen("channels", "channels_settings"),
    Screen("channel_text_policy", "channel_text_policy", ("by_sms",)),
    Screen("channels_new_workspace", "channels_settings", needs="new"),
    Screen("channel_new", "channel_account_new", ("email", "smtp")),
    Screen("channel_account", "channel_account", ("account",)),
    Screen("channel_domain", "sending_domain", ("domain",)),
    Screen("settings", "settings_general"),
    Screen("settings_sender", "settings_sender"),
    Screen("settings_sender_refused", "settings_sender", steps=name_foreign_sites),
    Screen("settings_hours", "sending_hours"),
    Screen("settings_hours_form", "sending_hours", query="?edit=1"),
    Screen("settings_hours_closed", "sending_hours", needs="closed"),
    Screen("settings_hours_wrong", "sending_hours", steps=save_no_hours, needs="closed"),
    Screen("campaign_closed_now", "campaign", ("closed_draft",), needs="closed"),
    Screen("campaign_waits", "campaign", ("closed_sending",), needs="closed"),
    Screen("settings_team", "settings_team"),
    Screen("settings_keys", "settings_keys"),
    Screen("settings_keys_new", "settings_keys", steps=make_key, needs="new"),
    Screen("settings_keys_new_workspace", "settings_keys", needs="new"),
    Screen("settings_log", "settings_log"),
    Screen("work", "work_index"),
    Screen("work_empty", "work_index", needs="new"),
    Screen("profile", "profile", in_workspace=False),
    Screen("workspace_new", "workspace_new", in_workspace=False),
    Screen("security", "mfa_index", in_workspace=False),
    Screen("security_app", "mfa_activate_totp", in_workspace=False),
    Screen("security_passkeys", "mfa_list_webauthn", in_workspace=False),
    Screen("security_passkey_new", "mfa_add_webauthn", in_workspace=False),
    Screen("password_change", "account_change_password", in_workspace=False),
    Screen("addresses", "account_email", in_workspace=False),
    Screen("sign_out", "account_logout", in_workspace=False),
    Screen("ask_password", "account_reauthenticate", in_workspace=False),
    Screen("invitation_signed_in", "invitation", ("invitation",), in_workspace=False),
    Screen("invitation", "invitation", ("invitation",), in_workspace=False, signed_in=False),
    Screen("invitation_gone", "", path="/invitation/none/", status=404, signed_in=False),
    Screen("sign_in", "account_login", in_workspace=False, signed_in=False),
    Screen("sign_in_errors", "account_login", (), submit, in_workspace=False, signed_in=False),
    Screen("sign_up", "account_signup", in_workspace=False, signed_in=False),
    Screen("password_reset", "account_reset_password", in_workspace=False, signed_in=False),
    Screen(
        "password_reset_sent", "account_reset_password_done", in_workspace=False, signed_in=False
    ),
    Screen("error_404", "", path="/nowhere/", status=404),
    Screen("unsubscribe", "", path="/u/{token}", signed_in=False),
    Screen("preferences", "", path="/u/{token}?all=0", signed_in=False),
    Screen("preferences_saved", "", path="/u/{token}?all=0&saved=1", signed_in=False),
    Screen("unsubscribed", "", path="/u/{gone_token}", signed_in=False),
    Screen("details_asking", "", path="/me/{token}", signed_in=False),
    Screen("details_code", "", path="/me/{token}?sent=1", signed_in=False),
    Screen("details_wrong_code", "", (), type_a_code, path="/me/{token}?sent=1", signed_in=False),
    Screen("details", "", (), prove_address, path="/me/{token}", signed_in=False),
    Screen("visitor_404", "", path="/u/none", status=404, signed_in=False),
]
