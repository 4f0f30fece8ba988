"""The operators' console in the browser, and the permissions of what operators do."""
