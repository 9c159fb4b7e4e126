"""Tools around the service: mock data, benchmark."""
