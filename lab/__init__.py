"""The lab: the whole system on one machine, for tests, demonstrations and manual use."""
