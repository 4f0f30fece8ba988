"""The fault table: every call of every function, with every fault, and every queue with every disorder."""
