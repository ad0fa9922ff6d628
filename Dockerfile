# The help desk for production: one image for web, worker and beat.
FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN useradd --system --home-dir /app --shell /usr/sbin/nologin desk

COPY requirements/prod.lock requirements/
RUN pip install --require-hashes -r requirements/prod.lock

COPY . .
# Catalogues and static files belong to the image; the two values serve only this step.
RUN export SECRET_KEY=build DESK_SEAL_KEY=YnVpbGQtYnVpbGQtYnVpbGQtYnVpbGQtYnVpbGQtMTI= \
    && python manage.py messages --compile \
    && python manage.py collectstatic --noinput -v0 \
    && mkdir -p var/files && chown -R desk var

USER desk
EXPOSE 8000
CMD ["gunicorn", "helpdesk.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--preload", "--no-control-socket"]
