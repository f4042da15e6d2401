from fastapi.testclient import TestClient

from parcels.main import app


def test_traces():
    client = TestClient(app)
    client.post("/parcels", json={"code": "A1", "place": "Graz"})
    assert client.get("/parcels/A1").json() == ["Graz"]
