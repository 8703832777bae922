# The bot with its webhook, as a small image: `docker build -t election-bot .`
#
# Nothing in it is written to but /knowledge, the folder that moderators edit, and /state, where SQLite's file is unless STATE_URL
# says otherwise: run it with a read-only root, a volume for each and a tmpfs for /tmp, as compose.yaml does.
#
# 8080 is for the proxy that brings updates. 8081 tells how the bot is, also by polling, and is for nobody outside: do not publish it.
#
# For SEMANTIC=on: `--build-arg EXTRAS=postgres,server,semantic`, and 140 MB more memory.

FROM python:3.12-slim-bookworm AS built
ARG EXTRAS=postgres,server
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY knowledge knowledge
COPY bot bot
RUN python -m venv /opt/election-bot \
    && /opt/election-bot/bin/pip install --no-compile ".[$EXTRAS]" \
    && /opt/election-bot/bin/python -m compileall -q -j 0 /opt/election-bot/lib \
    && /opt/election-bot/bin/pip uninstall --yes pip

FROM python:3.12-slim-bookworm
# Edits are commits, where the folder of knowledge is a checkout: git does not mind that somebody else owns it.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory /knowledge \
    && useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin election-bot \
    && install --directory --owner=election-bot --group=election-bot /knowledge /state
COPY --from=built /opt/election-bot /opt/election-bot
COPY --chown=election-bot:election-bot knowledge /knowledge
ENV PATH=/opt/election-bot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LANG=C.UTF-8 \
    LOG_FORMAT=json \
    STATE_URL=sqlite:////state/election-bot.sqlite3 \
    WEBHOOK_HOST=0.0.0.0 \
    WEBHOOK_PORT=8080 \
    STATUS_HOST=0.0.0.0 \
    STATUS_PORT=8081
USER election-bot
WORKDIR /tmp
VOLUME ["/knowledge", "/state"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 CMD ["python", "-c", \
    "import os; from http.client import HTTPConnection as To; \
    to = To('127.0.0.1', int(os.environ['STATUS_PORT'] or os.environ['WEBHOOK_PORT']), timeout=4); to.request('GET', '/healthz'); \
    raise SystemExit(to.getresponse().status != 200)"]
ENTRYPOINT ["election-bot", "--knowledge", "/knowledge"]
CMD ["serve"]
