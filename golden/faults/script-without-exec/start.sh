#!/bin/sh
set -e
python -m shop.wait
gunicorn --bind 0.0.0.0:8000 shop:app
