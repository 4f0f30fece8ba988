"""The page of the lab's phones: texts to and from employees, ringing calls, and faults on request.

The page exists in the lab only. What it shows and does goes through the deployed system: texts through the
inbound topic, faults through the phone network and the gateway.
"""
