"""Checks that need neither branch nor register: what others made is read and judged at the command line."""
