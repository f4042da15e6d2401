from flask import Blueprint, render_template

from feedback.forms import FeedbackForm

bp = Blueprint("feedback", __name__)


@bp.route("/", methods=["GET", "POST"])
def form():
    shown = FeedbackForm()
    if shown.validate_on_submit():
        return render_template("thanks.html", text=shown.text.data)
    return render_template("form.html", form=shown), 400 if shown.errors else 200


@bp.get("/ping")
def ping():
    return {"pong": True}
