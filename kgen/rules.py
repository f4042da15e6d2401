"""All rules of kgen, by code: the one list that docs, reports and tests read."""

from typing import Final

from kgen import prometheus, workspace
from kgen.check import catalogue, manifests
from kgen.check import rules as schema
from kgen.commands import apps, conflicts, fields, init, kinds, lock, wrong_use
from kgen.detect import rules as detect_rules
from kgen.diag import Rule
from kgen.features import autoscaling, backups, dashboards, disruption, metrics, network, quota, slo, triggers
from kgen.handmade import manifests as own_manifests
from kgen.handmade import patches
from kgen.load import app, form, image_lock, lineage, settings, shape
from kgen.read import rules as texts
from kgen.resolve import (
    accounts,
    admission,
    argocd,
    externals,
    frontends,
    gateway,
    image_folders,
    images,
    installed,
    needs,
    outdated,
    outputs,
    placement,
    plain_secrets,
    programs,
    projects,
    reach,
    secret_files,
    secrets,
    security,
    update,
    variants,
    versions,
)
from kgen.resolve import rules as meaning
from kgen.syntax import rules as syntax
from kgen.validate import crossings, silences, unreadable
from kgen.write import rules as files

ALL: Final[tuple[Rule, ...]] = tuple(
    sorted(
        {
            *syntax.RULES,
            *texts.RULES,
            *apps.RULES,
            *conflicts.RULES,
            *kinds.RULES,
            *fields.RULES,
            *form.RULES,
            *shape.RULES,
            *app.RULES,
            *settings.RULES,
            *lineage.RULES,
            *workspace.RULES,
            *patches.RULES,
            *own_manifests.RULES,
            *meaning.RULES,
            *projects.RULES,
            *installed.RULES,
            *outdated.RULES,
            *needs.RULES,
            *reach.RULES,
            *externals.RULES,
            *gateway.RULES,
            *autoscaling.RULES,
            *network.RULES,
            *triggers.RULES,
            *quota.RULES,
            *disruption.RULES,
            *accounts.RULES,
            *security.RULES,
            *admission.RULES,
            *argocd.RULES,
            *metrics.RULES,
            *backups.RULES,
            *dashboards.RULES,
            *slo.RULES,
            *prometheus.RULES,
            *images.RULES,
            *image_folders.RULES,
            *image_lock.RULES,
            *frontends.RULES,
            *outputs.RULES,
            *variants.RULES,
            *programs.RULES,
            *variants.RULES,
            *plain_secrets.RULES,
            *update.RULES,
            *placement.RULES,
            *versions.RULES,
            *secrets.RULES,
            *secret_files.RULES,
            *files.RULES,
            *manifests.RULES,
            *schema.RULES,
            *wrong_use.RULES,
            *init.RULES,
            *lock.RULES,
            *detect_rules.RULES,
            *unreadable.RULES,
            *crossings.RULES,
            *silences.RULES,
            *(entry.rule for entry in catalogue.entries().values()),
        },
        key=lambda rule: rule.code,
    )
)
