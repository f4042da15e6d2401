from thumbs.tasks import fingerprint


def test_fingerprint():
    assert fingerprint("a").startswith("ca978112")
