"""What only a real kernel can tell: a network whose other end can vanish, and a USB printer behind `usblp`.

`network.py` makes two network namespaces of the kernel the tests run on. The other files boot a kernel of their own in QEMU, whose
USB port is played by the kernel's `dummy_hcd` and the printer in it by the virtual printer.
"""
