# The service as an image:   docker build --tag datagateway-api .
# With mock data's generator: docker build --target mock-data --tag datagateway-mock-data .

FROM python:3.13-slim-bookworm AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY docker/requirements-poetry.txt ./
RUN python -m venv /opt/poetry \
    && /opt/poetry/bin/pip install --requirement requirements-poetry.txt
COPY pyproject.toml poetry.lock README.md LICENSE ./
# What poetry.lock holds, each file by its hash, and nothing else.
RUN /opt/poetry/bin/poetry check --lock \
    && /opt/poetry/bin/poetry export --all-extras --output requirements.txt \
    && python -m venv /opt/datagateway-api \
    && /opt/datagateway-api/bin/pip install --no-deps --require-hashes --requirement requirements.txt
COPY datagateway_api ./datagateway_api
RUN /opt/poetry/bin/poetry build --format wheel \
    && /opt/datagateway-api/bin/pip install --no-deps --no-index dist/*.whl

FROM build AS build-mock-data
RUN /opt/poetry/bin/poetry export --all-extras --with demo --output requirements-mock-data.txt \
    && /opt/datagateway-api/bin/pip install \
        --no-deps --require-hashes --requirement requirements-mock-data.txt

FROM python:3.13-slim-bookworm AS base
RUN groupadd --system --gid 10001 datagateway \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent datagateway \
    && install -d -o datagateway -g datagateway /var/log/datagateway-api
ENV PATH=/opt/datagateway-api/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# By number, so that an orchestrator can tell that it is not root.
USER 10001:10001
WORKDIR /opt/datagateway-api

FROM base AS mock-data
COPY --from=build-mock-data /opt/datagateway-api /opt/datagateway-api
COPY util ./util
ENTRYPOINT ["python", "-m", "util.icat_db_generator"]
CMD ["--help"]

# The last stage is what is built when none is named.
FROM base AS api
COPY --from=build /opt/datagateway-api /opt/datagateway-api
COPY docker/entrypoint.sh docker/healthcheck.py /usr/local/lib/datagateway-api/
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "/usr/local/lib/datagateway-api/healthcheck.py"]
ENTRYPOINT ["/usr/local/lib/datagateway-api/entrypoint.sh"]
CMD ["gunicorn"]
