# One image for every part: migrate, web, worker and beat are commands of the same program.
FROM python:3.13-slim AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt requirements-build.txt ./
RUN python -m venv /opt/rollout \
    && /opt/rollout/bin/pip install --no-deps --require-hashes -r requirements.txt \
    && pip install --no-deps --require-hashes -r requirements-build.txt
COPY pyproject.toml README.md LICENSE ./
COPY campaigns campaigns
COPY guides guides
COPY workers workers
COPY rollout rollout
COPY migrations migrations
RUN python -m hatchling build -t wheel \
    && /opt/rollout/bin/pip install --no-deps --no-index dist/*.whl

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home rollout \
    && install -d -o rollout -g rollout -m 0700 /data
COPY --from=build /opt/rollout /opt/rollout
ENV PATH=/opt/rollout/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ROLLOUT_DATA=/data
USER 10001
WORKDIR /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["rollout", "web", "--host", "0.0.0.0"]
