"""The outbox: texts outside campaigns that wait to be sent, and the workers that send them."""
