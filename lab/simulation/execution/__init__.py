"""Runs the functions of a stack in virtual time.

Has execution environments, event sources, queues and faults.
"""
