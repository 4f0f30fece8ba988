"""The tables that fill plans read and write: FillContacts, and transactions and reads over several tables."""
