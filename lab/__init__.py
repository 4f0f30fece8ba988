"""The lab: the whole system on one machine, for people, tests and demonstrations."""
