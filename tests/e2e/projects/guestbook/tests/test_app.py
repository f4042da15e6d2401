from app import app


def test_signs():
    client = app.test_client()
    client.post("/sign", data={"name": "Ada"})
    assert client.get("/api/entries").json[0]["name"] == "Ada"
