"""The demo: runs a shift campaign on the deployed system, prints every step and checks it."""
