"""The branch's copy of articles, categories and settings: filled from central, served to the registers, read by the gateway itself."""
