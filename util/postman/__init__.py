"""The Postman collection: `python -m util.postman` writes it from the OpenAPI documents."""
