"""The demo: a mock catalogue made once, served with every mode, and first queries shown."""
