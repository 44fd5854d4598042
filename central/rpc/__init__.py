"""central's services: each method translates, calls one domain method and translates back."""
