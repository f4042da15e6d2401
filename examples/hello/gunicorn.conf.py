"""How gunicorn serves the app; it reads this file from the working directory."""

bind = "0.0.0.0:8000"  # by default only the container itself could connect
threads = 4
worker_tmp_dir = "/dev/shm"  # heartbeat files; on a disk they can block a worker
accesslog = "-"
