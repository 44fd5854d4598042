"""USB printers and serial lines that are not there: umockdev answers the kernel's part, the code under test stays as it is.

`stage.py` runs under the distribution's Python, which alone has umockdev's bindings, and plays the devices. `testbed.py` is
the test's end of it. `inside.py` lets marked tests run in a process whose system calls umockdev sees.
"""
