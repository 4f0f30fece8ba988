"""The operator's command line: rosters, shifts and campaigns into the tables, checked before anything is written."""
