import os

from celery import Celery
from celery.signals import worker_shutting_down

app = Celery(
    "thumbs",
    broker=os.environ["CELERY_BROKER_URL"],
    backend=os.environ.get("CELERY_RESULT_BACKEND", os.environ["CELERY_BROKER_URL"]),
    include=["thumbs.tasks"],
)
app.conf.update(task_acks_late=True, worker_prefetch_multiplier=1, broker_connection_retry_on_startup=True)


@worker_shutting_down.connect
def note(sig, how, exitcode, **_):
    print(f"shutting down: {how}", flush=True)
