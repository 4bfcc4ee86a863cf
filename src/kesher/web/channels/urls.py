from django.urls import path

from kesher.web.channels import accounts, conversations, domains, mailbox, policies

urlpatterns = [
    path("mailbox/", mailbox.index, name="mailbox_index"),
    path("mailbox/seen/", mailbox.all_seen, name="mailbox_all_seen"),
    path(
        "mailbox/to/<slug:channel>/<str:recipient>/",
        conversations.conversation,
        name="mailbox_conversation",
    ),
    path("mailbox/<int:pk>/", mailbox.mail, name="mailbox_mail"),
    path("mailbox/<int:pk>/body/", mailbox.body, name="mailbox_body"),
    path("mailbox/<int:pk>/source/", mailbox.source, name="mailbox_source"),
    path("mailbox/<int:pk>/files/<int:number>/", mailbox.attachment, name="mailbox_attachment"),
    path("", accounts.index, name="channels_settings"),
    path("texts/<slug:channel>/", policies.edit, name="channel_text_policy"),
    path("accounts/new/<slug:channel>/<slug:provider>/", accounts.edit, name="channel_account_new"),
    path("accounts/<int:pk>/", accounts.edit, name="channel_account"),
    path("accounts/<int:pk>/check/", accounts.check, name="channel_account_check"),
    path("accounts/<int:pk>/use/", accounts.use, name="channel_account_use"),
    path("accounts/<int:pk>/delete/", accounts.delete, name="channel_account_delete"),
    path("domains/", domains.add, name="sending_domain_add"),
    path("domains/<int:pk>/", domains.show, name="sending_domain"),
    path("domains/<int:pk>/verify/", domains.verify, name="sending_domain_verify"),
    path("domains/<int:pk>/switch/", domains.switch, name="sending_domain_switch"),
    path("domains/<int:pk>/delete/", domains.delete, name="sending_domain_delete"),
]
