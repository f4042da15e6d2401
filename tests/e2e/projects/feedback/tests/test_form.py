from feedback import create_app


def test_thanks():
    app = create_app({"SECRET_KEY": "test", "WTF_CSRF_ENABLED": False})
    assert b"Thanks" in app.test_client().post("/", data={"text": "good"}).data
