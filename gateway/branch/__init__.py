"""The branch put together: its stores, the desks that work on them, and the work that goes on behind them.

Nothing here listens on a port; `gateway.process` puts the services in front of it.
"""
