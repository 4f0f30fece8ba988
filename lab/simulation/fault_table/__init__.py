"""The fault table: every call with every fault, and every queue with every disorder."""
