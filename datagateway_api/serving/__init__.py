"""What running under gunicorn takes: workers, CPUs, and a folder for metrics."""
