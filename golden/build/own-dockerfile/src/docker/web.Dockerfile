# syntax=docker/dockerfile:1
ARG FLAVOUR=small

FROM python:3.13-slim-trixie AS base
WORKDIR /srv
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt

# on developers' machines: nothing that the target needs, so nothing is said about it
FROM base AS development
CMD python manage.py runserver --noreload

FROM base AS runtime
ARG FLAVOUR
ARG PRICE
COPY shop shop
RUN python -m shop.assets "$FLAVOUR" "$PRICE"
USER 65532:65532
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "shop.wsgi"]
