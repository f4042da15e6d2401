"""Which objects of a run belong together: folders with the same objects are environments of their own."""

from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.resource import Resource
from kgen.validate.patterns import fits
from kgen.validate.sets import together


def resource(kind: str, name: str, path: str) -> Resource:
    return Resource({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}}, path)


def sets(*objects: tuple[str, str, str]) -> list[list[str]]:
    made = together([resource(*each) for each in objects], lambda each: str(each.place))
    return [sorted(f"{each.place}:{each.name}" for each in members) for members in made]


def test_without_repeated_names_all_objects_are_one_set() -> None:
    assert sets(("Service", "web", "a/web.yaml"), ("Pod", "web", "b/pod.yaml")) == [
        ["a/web.yaml:web", "b/pod.yaml:web"]
    ]


def test_the_same_object_twice_in_a_folder_is_no_second_set() -> None:
    assert len(sets(("Pod", "web", "a/one.yaml"), ("Pod", "web", "a/two.yaml"))) == 1


def test_folders_with_the_same_object_are_sets_of_their_own() -> None:
    made = sets(
        ("Pod", "web", "deploy/dev/shop/web.yaml"),
        ("Pod", "web", "deploy/prod/shop/web.yaml"),
        ("Secret", "db", "deploy/prod/shop/db.yaml"),
    )
    assert made == [
        ["deploy/dev/shop/web.yaml:web"],
        ["deploy/prod/shop/db.yaml:db", "deploy/prod/shop/web.yaml:web"],
    ]


def test_what_lies_outside_belongs_to_each_set_without_an_own_one() -> None:
    made = sets(
        ("Secret", "db", "shared/db.yaml"),
        ("Pod", "web", "deploy/dev/web.yaml"),
        ("Pod", "web", "deploy/prod/web.yaml"),
    )
    assert made == [
        ["deploy/dev/web.yaml:web", "shared/db.yaml:db"],
        ["deploy/prod/web.yaml:web", "shared/db.yaml:db"],
    ]


def test_an_overlay_in_a_folder_of_the_base_wins_over_it() -> None:
    made = sets(("Pod", "web", "web.yaml"), ("Secret", "db", "db.yaml"), ("Pod", "web", "prod/web.yaml"))
    assert made == [["db.yaml:db", "web.yaml:web"], ["db.yaml:db", "prod/web.yaml:web"]]


def test_the_same_file_copied_five_times_makes_five_sets() -> None:
    assert len(sets(*(("Pod", "web", f"{number}/web.yaml") for number in range(5)))) == 5


def test_folders_part_again_further_down() -> None:
    made = sets(
        ("Pod", "web", "old/web.yaml"),
        ("Pod", "web", "examples/a/web.yaml"),
        ("Pod", "web", "examples/b/web.yaml"),
        ("Secret", "db", "examples/b/db.yaml"),
    )
    assert made == [
        ["old/web.yaml:web"],
        ["examples/a/web.yaml:web"],
        ["examples/b/db.yaml:db", "examples/b/web.yaml:web"],
    ]


def test_the_nearest_object_is_borrowed() -> None:
    made = sets(
        ("Secret", "db", "db.yaml"),
        ("Secret", "db", "app/db.yaml"),
        ("Pod", "web", "app/web.yaml"),
        ("Pod", "web", "app/prod/web.yaml"),
    )
    assert made[-1] == ["app/db.yaml:db", "app/prod/web.yaml:web"]


def test_borrowed_objects_are_not_held_against_replacements_of_what_they_are_for() -> None:
    objects = [
        resource("Pod", "web", "web.yaml"),
        resource("Secret", "db", "db.yaml"),
        resource("Secret", "db", "prod/db.yaml"),
        resource("Secret", "more", "prod/more.yaml"),
    ]
    web, db, other, more = objects
    shared, prod = together(objects, lambda each: str(each.place))
    fault = Fault(keyword=Keyword.INVALID, path=(), message="", row="")
    assert shared.concerns(Finding(web, fault, [(db, (), "")]))
    assert not prod.concerns(Finding(web, fault, [(other, (), "")]))
    assert prod.concerns(Finding(web, fault, [(more, (), "")]))
    assert prod.concerns(Finding(other, fault, [(web, (), "")]))


def test_patterns_of_paths_end_at_names() -> None:
    assert fits("deploy/dev/web.yaml", "deploy/dev/")
    assert fits("deploy/dev/web.yaml", "**/*.yaml")
    assert fits("deploy/dev/web.yaml", "*.yaml")
    assert not fits("deploy/dev/web.yaml", "./*/web.yaml")
    assert not fits("deploy/dev.bak/web.yaml", "deploy/dev")
