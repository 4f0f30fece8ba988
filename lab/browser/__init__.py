"""A browser for the lab: the Chromium of an npm package on Linux, or an installed Chrome."""
