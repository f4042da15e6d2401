import os

from flask import Flask
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()


def create_app(test_config=None):
    app = Flask(__name__)
    app.config.from_mapping(SECRET_KEY=os.environ.get("SECRET_KEY"), MAX_CONTENT_LENGTH=64 * 1024)
    app.config.from_mapping(test_config or {})
    if not app.config["SECRET_KEY"]:
        raise RuntimeError("SECRET_KEY is not set")
    csrf.init_app(app)

    from feedback.views import bp

    app.register_blueprint(bp)
    return app
