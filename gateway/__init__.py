"""The branch: journal, sales store, catalogue, pairing, printing and uplink of one shop."""
