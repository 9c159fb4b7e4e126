"""How much a request costs: the server under load, beside the least it could possibly cost."""
