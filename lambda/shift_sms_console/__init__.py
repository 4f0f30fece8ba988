"""The operators' console: pages in the browser on what `shift_sms_operator` can do."""
