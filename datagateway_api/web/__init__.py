"""What all modes share of Flask: errors, request ids, credentials, bodies, paths."""
