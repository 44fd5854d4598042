"""The demo: a branch run for real, in separate processes, over real sockets and real TLS, and reckoned up to the cent."""
