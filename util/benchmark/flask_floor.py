"""The upper floor: Flask-RESTful resources that return constant bytes, and do nothing else."""

from flask import Flask, Response
from flask_restful import Api, Resource


def create_app(sizes: list[int]) -> Flask:
    """Build an app that answers ``/0``, ``/1``, … with so many bytes each."""
    app = Flask("flask_floor", static_folder=None)
    api = Api(app)
    for number, size in enumerate(sizes):
        api.add_resource(_constant(number, b"x" * size), f"/{number}")
    return app


def _constant(number: int, body: bytes) -> type[Resource]:
    def get(self: Resource) -> Response:
        return Response(body, mimetype="application/json")

    return type(f"Constant{number}", (Resource,), {"get": get})
