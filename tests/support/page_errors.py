"""Records what a page must not do: failing scripts, dialogs, violations of the security policy."""

from playwright.sync_api import ConsoleMessage, Dialog, Page


def record_errors(page: Page) -> list[str]:
    """Returns a list that receives the errors and dialogs of a page."""
    errors: list[str] = []

    def note_message(message: ConsoleMessage) -> None:
        # The browser reports refused requests in this way too; the tests of those assert the status.
        if message.type == "error" and "Failed to load resource" not in message.text:
            errors.append(message.text)

    def note_dialog(dialog: Dialog) -> None:
        errors.append(dialog.message)
        dialog.dismiss()

    page.on("console", note_message)
    page.on("dialog", note_dialog)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors
