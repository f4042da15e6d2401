"""Names of images: what a node can read, and what it cannot."""

from time import perf_counter

import pytest

from kgen.check.practice.image_reference import fault_of, tag_of

DIGEST = f"sha256:{'0f' * 32}"


@pytest.mark.parametrize(
    "image",
    [
        "nginx",
        "nginx:1.29",
        "library/nginx@" + DIGEST,
        f"nginx:1.29@{DIGEST}",
        "localhost/web",
        "localhost:5000/web:1",
        "LOCALHOST:5000/web",
        "registry.example.com:5000/a/b/c:v1.0_x-y",
        "a_b.c__d-e---f/x",
        "[2001:db8::1]:5000/web",
        "10.0.0.1/web",
        "my_registry.example.com/web",
        "web:" + "a" * 128,
        f"web@sha512:{'0' * 128}",
    ],
)
def test_good_images(image: str) -> None:
    assert fault_of(image) == ""


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("", "repository"),
        ("Nginx", "lower case"),
        ("ghcr.io/Acme/web", "lower case"),
        ("web:", "has none"),
        ("web:a:b", "one tag only"),
        ("web:" + "a" * 129, "128"),
        ("web:-a", "tag of letters"),
        ("web@sha256:0f", "64 hexadecimal"),
        (f"web@sha256:{'0F' * 32}", "lower case"),
        ("web@latest", "sha256:"),
        ("web@", "sha256:"),
        ("a..b", "single"),
        ("a___b", "single"),
        ("-web", "single"),
        ("web/", "single"),
        ("https://ghcr.io/acme/web", "registry"),
        ("ghcr.io//web", "single"),
        ("my_registry:5000/web", "registry"),
        ("a b", "spaces"),
        ("0" * 64, "id of an image"),
        ("a" * 256, "255"),
    ],
)
def test_bad_images(image: str, said: str) -> None:
    assert said in fault_of(image)


def test_long_images_take_no_longer_than_their_length() -> None:
    begun = perf_counter()
    for tail in ("", "-", ".", "_", "A", "/", ":", "@"):
        fault_of("a-" * 50_000 + tail)
        fault_of("a__" * 50_000 + tail)
        fault_of("a." * 50_000 + "/" + tail)
    assert perf_counter() - begun < 2


@pytest.mark.parametrize(
    ("image", "tag"), [("web", "latest"), ("a:5/web", "latest"), ("a:5/web:1", "1"), (f"web:1@{DIGEST}", "")]
)
def test_tags(image: str, tag: str) -> None:
    assert tag_of(image) == tag
