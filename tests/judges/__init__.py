"""Independent programs that judge our devices and are judged by nobody here: another printer, another driver, other encoders."""
