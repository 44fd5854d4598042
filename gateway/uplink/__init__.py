"""The way up: the gateway enrols at central, keeps a session open, sends what was recorded and takes what is new.

The gateway always dials out; central never needs to reach into a branch.
"""
