"""Runs the functions of a stack in virtual time: execution environments, event sources, queues and faults."""
