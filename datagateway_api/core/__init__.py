"""The kernel: what was asked, what the catalogue is made of, what can go wrong."""
