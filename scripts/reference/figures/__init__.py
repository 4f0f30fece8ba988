"""The pages and charts of measured figures."""
