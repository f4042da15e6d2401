"""Rules on the meaning of an app file (KG30): what single fields are too small to see."""

from kgen.diag import Rule, Severity


def _rule(number: int, name: str, explain: str, severity: Severity = Severity.ERROR) -> Rule:
    return Rule(code=f"KG30{number:02}", name=name, explain=explain, severity=severity)


UNKNOWN_REFERENCE = _rule(
    1, "unknown-reference", "A name that refers to nothing would be found out by a pod that does not start."
)
NOT_FOR_TYPE = _rule(2, "field-not-for-type", "The field means nothing for this type of component.")
NEEDED_FOR_TYPE = _rule(3, "field-needed-for-type", "This type of component cannot do without the field.")
NAME_TOO_LONG = _rule(
    4, "name-too-long", "Names of Services end after 63 characters, those of CronJobs and StatefulSets after 52."
)
NAME_TAKEN = _rule(5, "name-taken", "Two things would get the same name.")
MISSING_IMAGE = _rule(6, "missing-image", "A pod needs an image, and the cluster needs to know where to pull it from.")
UNTAGGED_IMAGE = _rule(
    7, "image-without-tag", "Without a tag or digest the cluster runs whatever `latest` is that day.", Severity.WARNING
)
NO_PORT = _rule(8, "unknown-port", "Routes and probes lead to a port of the component, by its name.")
VOLUME_WITHOUT_SIZE = _rule(12, "volume-without-size", "A PersistentVolumeClaim has to say how much it claims.")
SHARED_VOLUME = _rule(13, "volume-on-several-pods", "A ReadWriteOnce volume can be mounted on one node only.")
PATH_TAKEN = _rule(14, "path-mounted-twice", "Two volumes or files at one place hide each other.")
ABOVE_LIMIT = _rule(15, "request-above-limit", "The API server rejects a request that is above its limit.")
NO_PROJECT = _rule(16, "project-not-recognised", "kgen writes a Dockerfile from a lock file or a requirements.txt.")
SEVERAL_LOCKS = _rule(17, "several-lock-files", "With two lock files nobody knows which one the image should follow.")
FILE_NOT_READABLE = _rule(
    18, "file-not-readable", "The content of the file goes into a ConfigMap, so it has to be there, as text."
)
BAD_PLACEHOLDER = _rule(19, "bad-placeholder", "`${…}` names an output: `${needs.db.url}`, `${components.web.url}`.")
CONTRADICTING_BUILDS = _rule(
    20, "contradicting-builds", "One Dockerfile makes one image; another one has another `output`."
)
PROBE_SUCCESSES = _rule(21, "probe-needs-one-success", "The API server takes more than one success for readiness only.")
NOT_FOR_BUILD = _rule(
    22, "field-not-for-build", "Some fields are for a Dockerfile of your own, some for the one kgen writes."
)
PYTHON_MISMATCH = _rule(24, "python-version-mismatch", "The package manager refuses a version that a project excludes.")
CONFIG_TOO_LARGE = _rule(23, "configuration-too-large", "A ConfigMap holds 1 MiB at most.")

WITHOUT_EFFECT = _rule(25, "field-without-effect", "What is written and changes nothing is a misunderstanding.")

RULES = (
    UNKNOWN_REFERENCE,
    NOT_FOR_TYPE,
    NEEDED_FOR_TYPE,
    NAME_TOO_LONG,
    NAME_TAKEN,
    MISSING_IMAGE,
    UNTAGGED_IMAGE,
    NO_PORT,
    VOLUME_WITHOUT_SIZE,
    SHARED_VOLUME,
    PATH_TAKEN,
    ABOVE_LIMIT,
    NO_PROJECT,
    SEVERAL_LOCKS,
    FILE_NOT_READABLE,
    BAD_PLACEHOLDER,
    CONTRADICTING_BUILDS,
    PROBE_SUCCESSES,
    NOT_FOR_BUILD,
    PYTHON_MISMATCH,
    CONFIG_TOO_LARGE,
    WITHOUT_EFFECT,
)
