"""The reference till: what a cashier does, over the client library, for the terminal and for scripts."""
