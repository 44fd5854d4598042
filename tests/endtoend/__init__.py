"""The whole river at once: central, gateway, registers and printers in processes of their own."""
