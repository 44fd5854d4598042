"""Virtual devices: a receipt printer with drawer that can be had without hardware, and can be broken on purpose."""
