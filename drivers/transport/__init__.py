"""Bytes in and out of one device, counted honestly: a transport never claims more than the kernel accepted."""
