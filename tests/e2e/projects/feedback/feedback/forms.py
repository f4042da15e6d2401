from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length


class FeedbackForm(FlaskForm):
    text = TextAreaField("What do you think?", validators=[DataRequired(), Length(max=500)])
