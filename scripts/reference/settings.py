"""Generates the page of the settings."""

from scripts.reference import markdown, product

# The titles of groups, by the first setting of each.
_GROUPS = {
    "origination_identity": "Sending",
    "campaign_engine": "Campaigns",
    "approved_numbers": "Inbound texts",
    "connect_enabled": "Callbacks",
    "stranger_reply": "Replies",
    "inbound_texts_per_second": "Rate and start of inbound texts",
    "vocabulary": "Language and time",
    "minimum_rest_hours": "Booking policy",
    "audit_retention_days": "Audit trail",
    "fill_order": "Fill plans",
    "texts_per_hour": "Limits of one number",
    "domain_events_enabled": "Domain events",
    "console_enabled": "Console",
    "alarm_email": "Stack",
}

_INTRODUCTION = """
Settings are in `cdk.json` under `environments.<name>`. `cdk deploy -c env=<name>` chooses an environment; the
default is `dev`. `-c KEY=VALUE` overrides one setting. A wrong or missing setting stops synthesis with one message that
names every key, the value given and what is allowed.
"""


def pages() -> dict[str, str]:
    """Returns the page by its path."""
    groups: dict[str, list[str]] = {}
    for setting in product.settings():
        title = _GROUPS.get(setting.key) or next(reversed(groups), "Settings")
        groups.setdefault(title, []).append(_entry(setting))
    sections = [markdown.section(title, markdown.items(entries)) for title, entries in groups.items()]
    return {"reference/settings.md": markdown.page("Settings", _INTRODUCTION, *sections)}


def _entry(setting: product.Setting) -> str:
    allowed = markdown.with_period(markdown.with_signs_marked(setting.allowed))
    default = setting.default
    requirement = (
        f"Default: {default}." if default == "none" or default.startswith("`") else markdown.sentence(default)
    )
    return markdown.item(
        f"**`{setting.key}`**: {markdown.sentence(setting.meaning)} Allowed: {allowed} {requirement}"
    )
