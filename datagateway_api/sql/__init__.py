"""SQL databases as any part of the service uses them: connections, dialects, comparisons."""
