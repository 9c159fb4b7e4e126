"""What running under gunicorn takes: how many CPUs there are, and a worker of our own."""
