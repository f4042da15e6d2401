"""
Manifests like those that people write: 15 to 45 lines, with comments, quotes, block scalars and lists in brackets.

They are texts, not values: how something is written is part of what a reader has to cope with. Each app has one of each
kind, and what they say of each other is right: there is nothing
to be found. What somebody refers to comes first, so that the last app may be half an app.
"""

import random

from every_field import WORDS

TEAMS = ("payments", "search", "platform", "growth", "identity")
REGISTRIES = ("ghcr.io/acme", "registry.example.com/shop", "docker.io/library", "quay.io/acme")
NOTES = (
    "# owned by the platform team, see the runbook before changing",
    "# keep in step with the chart of the same name",
    "# TODO: remove after the migration in March",
    "# sized after last year's sale; ask #capacity",
)
ANNOTATIONS = (
    'example.com/reviewed: "true"',
    "example.com/contact: 'team@example.com'",
    'example.com/runbook: "https://wiki.example.com/runbooks/1"',
    "example.com/note: it's fine - really",
)
SCRIPTS = (
    "set -euo pipefail\necho 'starting'\nexec /app/run --color=never",
    'for try in 1 2 3; do\n  curl -fsS "http://localhost:8080/ready" && exit 0\n  sleep 1\ndone\nexit 1',
    "[server]\nport = 8080\nworkers = 4  # per core\n\n[log]\nlevel = info",
    "log_level: debug\nfeatures:\n  - checkout\n  - wishlist\ncache: {ttl: 5m, size: 100}",
)
SUMMARIES = (
    "Serves what the shop shows first.\nRestart it freely: it keeps nothing.",
    "Runs at night and may take an hour;\nif it fails twice, somebody is called.",
)


class Writer:
    """Writes one document after another; what varies is drawn at random, the same on every machine."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  # nothing secret
        self._app: dict[str, str | int] = {}

    def document(self, index: int) -> str:
        """Return a document with a name of its own."""
        app, number = divmod(index, len(KINDS))
        if number == 0:
            self._app = self._new_app(app)
        api_version, kind, suffix, body = KINDS[number]
        name = f"{self._app['name']}{suffix}"
        facts: dict[str, str | int] = {
            **self._app,
            "own": name,
            "quoted": self._one((name, f'"{name}"', f"'{name}'")),
            "count": self._number(1, 9),
            "percent": self._number(50, 90),
            "cpu": self._one(("100m", '"250m"', "'1'", "0.5", "2")),
            "memory": self._one(("64Mi", "512Mi", '"1Gi"', "2Gi")),
            "hour": self._number(0, 23),
            "size": self._number(1, 200),
            "word": self._one(WORDS),
            "other": self._one(WORDS),
            "note": self._one(NOTES),
            "number": self._number(100, 99999),
        }
        text = f"apiVersion: {api_version}\nkind: {kind}\n{self._metadata(facts)}{body.format_map(facts)}"
        text = text.replace("<environment>\n", self._environment()).replace("<script>", self._script())
        start = self._one(("", "", "---\n", f"{self._one(NOTES)}\n"))
        return start + text

    def _new_app(self, number: int) -> dict[str, str | int]:
        """Return what all documents of an app agree on."""
        return {
            "name": f"{self._one(WORDS)}-{number:04}",
            "team": self._one(TEAMS),
            "image": f"{self._one(REGISTRIES)}/{self._one(WORDS)}:{self._number(1, 9)}.{self._number(0, 30)}",
            "port": self._number(3000, 8999),
        }

    def _one(self, values: tuple[str, ...]) -> str:
        return self._random.choice(values)

    def _number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def _metadata(self, facts: dict[str, str | int]) -> str:
        made = "metadata:\n  name: {quoted}\n  namespace: {team}\n  labels:\n"
        made += "    app.kubernetes.io/name: {own}\n    team: {team}\n"
        if self._number(0, 1):
            made += f'    app.kubernetes.io/version: "{self._number(1, 9)}.{self._number(0, 9)}"  # as a string\n'
        made = made.format_map(facts)
        chosen = self._random.sample(ANNOTATIONS, self._number(0, 2))
        if chosen:
            made += "  annotations:\n" + "".join(f"    {each}\n" for each in chosen)
            if self._number(0, 1):
                summary = self._one(SUMMARIES).replace("\n", "\n      ")
                made += f"    example.com/summary: >-\n      {summary}\n"
        return made

    def _environment(self) -> str:
        """Return entries of ``env``, in a marker's place: a container's lists are that deep in most kinds."""
        made = []
        for _ in range(self._number(1, 4)):
            key = f"{self._one(WORDS)}_{self._one(WORDS)}_{self._number(1, 99)}".upper()
            value = self._one((f'"{self._number(1, 5000)}"', self._one(WORDS), "'true'", '""', "https://example.com/a"))
            made.append(f"            - name: {key}\n              value: {value}\n")
        return "".join(made)

    def _script(self) -> str:
        return self._one(SCRIPTS).replace("\n", "\n    ").replace("\n    \n", "\n\n")


POD = """\
    metadata:
      labels: {{app: {own}}}
    spec:
      containers:
        - name: {word}
          image: {image}
          args: ["--port={port}", --verbose]
          ports:
            - {{name: http, containerPort: {port}}}
            - {{name: metrics, containerPort: 9090}}
          env:
<environment>
          resources:
            requests: {{cpu: {cpu}, memory: {memory}}}
"""

KINDS = (
    (
        "v1",
        "ServiceAccount",
        "",
        "automountServiceAccountToken: false\n{note}\nsecrets:\n  - name: {name}\n",
    ),
    (
        "rbac.authorization.k8s.io/v1",
        "Role",
        "",
        (
            'rules:\n  {note}\n  - apiGroups: [""]\n    resources: ["pods", "pods/log"]\n'
            '    verbs: ["get", "list", "watch"]\n'
            "  - apiGroups:\n      - apps\n    resources:\n      - deployments\n    resourceNames: [{name}]\n"
            "    verbs:\n      - patch\n"
        ),
    ),
    (
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        "",
        (
            "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: {name}\nsubjects:\n"
            "  - kind: ServiceAccount\n    name: {name}\n    namespace: {team}\n"
            "  - kind: Group\n    name: {team}-admins  {note}\n    apiGroup: rbac.authorization.k8s.io\n"
        ),
    ),
    (
        "v1",
        "Secret",
        "",
        (
            "type: Opaque\nstringData:\n  username: {word}\n  password: 'not: a real # one {number}'\n  url: >\n"
            "    postgres://{word}:{number}@{name}:5432/{team}\n  config.ini: |-\n    <script>\n"
        ),
    ),
    (
        "v1",
        "ConfigMap",
        "",
        (
            "data:\n  LEVEL: info\n  WORKERS: '{count}'\n  {note}\n  {word}.conf: |\n    <script>\n  motd: >-\n"
            "    Welcome to {team};\n    have a look around.\n"
        ),
    ),
    (
        "apps/v1",
        "StatefulSet",
        "-store",
        "spec:\n  serviceName: {own}\n  replicas: {count}\n  selector:\n    matchLabels: {{app: {own}}}\n"
        "  volumeClaimTemplates:\n    - metadata: {{name: data}}\n      spec:\n        accessModes: [ReadWriteOnce]\n"
        "        resources: {{requests: {{storage: {size}Gi}}}}\n  template:\n"
        + POD
        + "          volumeMounts:\n            - {{name: data, mountPath: /var/lib/data}}\n",
    ),
    (
        "v1",
        "Service",
        "-store",
        "spec:\n  clusterIP: None\n  {note}\n  selector: {{app: {own}}}\n  ports:\n    - {{name: db, port: {port}}}\n",
    ),
    (
        "v1",
        "PersistentVolumeClaim",
        "",
        (
            "spec:\n  accessModes:\n    - ReadWriteOnce\n  storageClassName: standard-{word}\n"
            "  volumeMode: Filesystem\n"
            "  resources:\n    requests:\n      storage: {size}Gi  {note}\n"
        ),
    ),
    (
        "apps/v1",
        "Deployment",
        "",
        "spec:\n  revisionHistoryLimit: {count}\n  {note}\n  selector:\n    matchLabels: {{app: {name}}}\n  template:\n"
        + POD,
    ),
    (
        "v1",
        "Service",
        "",
        (
            "spec:\n  type: ClusterIP\n  selector:\n    app: {name}\n  ports:\n    - name: http\n      port: 80\n"
            "      targetPort: {port}\n      protocol: TCP\n    - {{name: metrics, port: 9090, targetPort: metrics}}\n"
        ),
    ),
    (
        "networking.k8s.io/v1",
        "Ingress",
        "",
        (
            "spec:\n  ingressClassName: nginx\n"
            "  tls:\n    - hosts: [{name}.example.com]\n"
            "  rules:\n    - host: {name}.example.com\n      http:\n        paths:\n          - path: /{word}\n"
            "            pathType: Prefix\n            backend:\n              service:\n                name: {name}\n"
            "                port:\n                  number: 80  {note}\n"
        ),
    ),
    (
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "",
        (
            "spec:\n  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: {name}\n"
            "  minReplicas: 2\n"
            "  maxReplicas: 1{count}\n  metrics:\n    - type: Resource\n      resource:\n        name: cpu\n"
            "        target:\n          type: Utilization\n          averageUtilization: {percent}  {note}\n"
        ),
    ),
    (
        "policy/v1",
        "PodDisruptionBudget",
        "",
        (
            "spec:\n  {note}\n  maxUnavailable: {percent}%\n  selector:\n    matchExpressions:\n"
            "      - key: app\n        operator: In\n        values: [{name}, {word}]\n"
        ),
    ),
    (
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "",
        (
            "spec:\n  podSelector:\n    matchLabels:\n      app: {name}\n  policyTypes: [Ingress, Egress]\n  ingress:\n"
            "    - from:\n        - namespaceSelector: {{}}\n        - ipBlock:\n            cidr: 10.0.{count}.0/24\n"
            '      ports:\n        - port: {port}\n          protocol: "TCP"\n  egress:\n    - {{}}  {note}\n'
        ),
    ),
    (
        "batch/v1",
        "CronJob",
        "-nightly",
        (
            'spec:\n  schedule: "{count} {hour} * * *"\n  concurrencyPolicy: Forbid\n  jobTemplate:\n    spec:\n'
            "      backoffLimit: {count}\n      template:\n        spec:\n          restartPolicy: OnFailure\n"
            "          containers:\n            - name: {word}\n              image: {image}\n"
            '              command: ["/bin/sh", "-c", "echo {other} && exit 0"]\n              env:\n'
            '                - name: BATCH\n                  value: "{number}"\n'
        ),
    ),
    (
        "batch/v1",
        "Job",
        "-seed",
        "spec:\n  backoffLimit: {count}\n  ttlSecondsAfterFinished: {number}\n  {note}\n  template:\n"
        + POD.replace("    spec:\n", "    spec:\n      restartPolicy: Never\n"),
    ),
)
"""``apiVersion``, kind, the end of the name, and what stands below ``metadata``."""


def documents(count: int) -> list[str]:
    """Return ``count`` documents; the last app may lack some."""
    writer = Writer(count)
    return [writer.document(index) for index in range(count)]
