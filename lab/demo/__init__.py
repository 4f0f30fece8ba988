"""The demo: a shift campaign acted out on the deployed system, shown to a person and checked while it is shown."""
