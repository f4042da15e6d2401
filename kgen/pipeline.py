"""
The one place where the stages meet: an app file in, folders of files and findings out.

Nothing here writes; ``cli`` hands the trees to ``write``.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kgen import quotas
from kgen.beside import source_folder
from kgen.check.manifests import check
from kgen.deployments import Deployed, deployed
from kgen.diag import Diagnostic, Severity, has_error
from kgen.discretion import discreet
from kgen.emit.objects import emit
from kgen.filenames import PLATFORM_FILE
from kgen.k8s import Emitted
from kgen.load import app as load_app
from kgen.load.dockerfiles import absent, own_dockerfiles, texts
from kgen.load.files import read
from kgen.load.image_lock import ImageLock
from kgen.load.image_lock import look as load_image_lock
from kgen.load.manifests import manifests
from kgen.load.project import look
from kgen.load.secret_files import secret_files
from kgen.model.app import App
from kgen.model.facts import Facts
from kgen.model.image_plan import ImagePlan
from kgen.model.plan import Plan
from kgen.naming import clashes, file_name
from kgen.quotas import Taken
from kgen.record import dataclass, field, replace
from kgen.resolve import admission, argocd, secrets
from kgen.resolve.plan import certain_faults, resolve
from kgen.source import Node, Source
from kgen.workspace import Workspace, open_workspace, store
from kgen.write.lock import digest
from kgen.write.tree import Tree
from kgen.write.yaml import text

DEFAULT_ENVIRONMENT = "default"
"""Folder of an app that names no environments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What was made for one environment of one app."""

    name: str
    namespace: str
    objects: tuple[Emitted, ...]
    tree: Tree
    secrets: Mapping[str, tuple[str, ...]]
    """Secrets that must exist in the namespace, with their keys."""

    entries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Entries that a store of secrets must have, with their fields."""

    taken: Taken
    """What it takes from the cluster."""

    found: tuple[Diagnostic, ...] = ()
    """What is wrong with what the user did to the objects."""

    deployed: Deployed | None = None
    """What Argo CD is told, if kgen.yaml says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """What became of one app file. Without ``app`` there was an error, and there is nothing to write."""

    file: str
    """The app file, as findings name it."""

    sources: Mapping[str, Source]
    found: tuple[Diagnostic, ...]
    app: str = ""
    out: Path = Path()
    """Folder of all environments."""

    input: str = ""
    """The app file as lock files name it."""

    known_environments: tuple[str, ...] = ()
    """All of the file, also those that were not asked for."""

    environments: tuple[Environment, ...] = ()
    context: Tree | None = None
    """Dockerfile, .dockerignore, compose.yaml and .env.example, in the app file's folder."""

    compose: str = ""
    """Name of the compose file, if there is one."""

    base_images: tuple[str, ...] = ()
    """What the Dockerfiles start from, without digests."""

    image_lock: ImageLock | None = None
    """What the repository says about such images."""

    has_release: bool = False
    """Whether something has to run before the rest."""

    builds: tuple[tuple[ImagePlan, str], ...] = ()
    """What kgen wrote a Dockerfile for, and the image's name."""

    @property
    def trees(self) -> tuple[Tree, ...]:
        """All folders of output, the source's own last."""
        own = [
            tree for each in self.environments for tree in (each.tree, *([each.deployed.own] if each.deployed else []))
        ]
        return (*own, *([self.context] if self.context else []))

    @property
    def shared(self) -> tuple[Tree, ...]:
        """Folders that other apps make as well, with the same content."""
        return tuple(each.deployed.shared for each in self.environments if each.deployed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says."""

    out: Path | None = None
    changes: Node | None = None
    names: Sequence[str] = field(default_factory=tuple)
    """Environments to compile; all if empty."""

    without_image_lock: bool = False
    """Whether nobody asks what the lock file of base images says: it is about to be written."""


def compile_app(path: Path, options: Options) -> Compiled:
    """Compile one app file; ``path`` is shown in findings as it is given, and no finding shows a secret."""
    made = _compiled(path, options)
    return replace(made, found=discreet(made.found, made.sources))


def _compiled(path: Path, options: Options) -> Compiled:
    source = read(path, path.as_posix())
    workspace = open_workspace(path.parent).inheriting(load_app.lines(source))
    image_lock = None if options.without_image_lock else load_image_lock(workspace.root)
    loaded = load_app.validate(source, workspace.given(options.changes))
    failed = Compiled(
        file=source.name,
        sources={each.name: each for each in (source, workspace.source) if each},
        found=(*workspace.found, *loaded.found, *(image_lock.found if image_lock else ())),
        image_lock=image_lock,
    )
    document = loaded.value
    if document is None:
        more = _more_faults(path, source, workspace, options)
        return replace(failed, found=tuple(dict.fromkeys((*failed.found, *more))))
    if has_error(failed.found):
        return failed
    facts = replace(_facts(document, workspace, path), digests=image_lock.digests if image_lock else None)
    failed = replace(failed, sources={**failed.sources, **_manifest_sources(facts, path.parent)})
    base, plans, found = _plans(document, workspace, facts, options)
    failed = replace(failed, found=(*failed.found, *found))
    if has_error(found) or base is None:
        return failed
    inputs = _inputs(path, workspace, facts, source)
    made = _Making(path=path, workspace=workspace, options=options, facts=facts, inputs=inputs)
    environments = [_environment(variant, plan, made) for variant, plan in plans]
    for (variant, _), environment in zip(plans, environments, strict=True):
        found += map(variant.locate, clashes(environment.objects))
        platform = workspace.platform_for(variant.environment)
        found += map(variant.locate, admission.faults(environment.objects, platform))
        argocd = environment.deployed.objects if environment.deployed else ()
        made_alone = [each for each in (*environment.objects, *argocd) if not each.is_by_hand]
        found += map(variant.locate, check(made_alone, platform.kubernetes, store()))
        found += quotas.exceeded([environment.taken])
        by_hand = map(variant.locate, environment.found)
        found += (_with_environment(each, variant.environment) for each in by_hand)
    failed = replace(failed, found=tuple(dict.fromkeys((*failed.found, *found))))
    if facts.dockerfiles:
        own, sources = _own_dockerfiles(document, base, list(zip(plans, environments, strict=True)), made)
        found += own
        failed = replace(
            failed, sources={**failed.sources, **sources}, found=tuple(dict.fromkeys((*failed.found, *own)))
        )
    if has_error(found):
        return failed
    return replace(
        failed,
        app=base.app,
        out=made.out,
        input=made.owner,
        known_environments=tuple(each.environment or DEFAULT_ENVIRONMENT for each in document.environments),
        environments=tuple(environments),
        context=source_folder(base, made.path, made.workspace, made.inputs),
        compose=base.compose,
        base_images=tuple(dict.fromkeys(name for part in base.workloads if part.image for name in part.image.images)),
        builds=_builds(plans[0][1] if plans else base),
        has_release=any(part.run and part.run.when == "pre-deploy" for part in base.workloads),
    )


def _facts(document: load_app.Document, workspace: Workspace, path: Path) -> Facts:
    variants = (document.base, *document.environments)
    patterns = (secrets.patterns(each.app, workspace.platform_for(each.environment)) for each in variants)
    encrypted = secret_files(path.parent, {pattern for some in patterns for pattern in some})
    own = manifests(path.parent, dict.fromkeys(pattern for each in variants for pattern in each.app.manifests))
    looked = look([each.app for each in variants], path.parent, path.name)
    dockerfiles = own_dockerfiles((each.app for each in variants), path.parent)
    return replace(looked, secret_files=encrypted, manifests=own, dockerfiles=dockerfiles)


def _more_faults(path: Path, source: Source, workspace: Workspace, options: Options) -> Iterator[Diagnostic]:
    """Yield faults of meaning beside those of form, so that nobody has to mend a file in rounds."""
    left = load_app.remnants(source, workspace.given(options.changes))
    facts = look([variant.app for variant, _ in left], path.parent, path.name)
    for variant, gone in left:
        platform = workspace.platform_for(variant.environment)
        for each in certain_faults(variant.app, variant.environment, platform, facts, gone):
            yield variant.locate(each)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """What all folders of one app are made with."""

    path: Path
    """The app file."""

    workspace: Workspace
    options: Options
    facts: Facts
    inputs: Mapping[str, str]

    @property
    def out(self) -> Path:
        return self.options.out or self.workspace.root / self.workspace.platform.output.root

    @property
    def owner(self) -> str:
        return _relative(self.path, self.workspace)


def _plans(
    document: load_app.Document, workspace: Workspace, facts: Facts, options: Options
) -> tuple[Plan | None, list[tuple[load_app.Variant, Plan]], list[Diagnostic]]:
    """Return the plan of the base, those of the environments that are wanted, and what was found in all of them."""
    base, found = _plan(document.base, workspace, facts, document.base.app)
    if document.environments != (document.base,):
        # the base alone is only for local work: what an environment still has to say there is no finding
        found = [each for each in found if each.rule.severity is Severity.ERROR]
    plans = []
    for variant in document.environments:
        if options.names and (variant.environment or DEFAULT_ENVIRONMENT) not in options.names:
            continue
        plan, faults = _plan(variant, workspace, facts, document.base.app)
        found += [_with_environment(each, variant.environment) for each in faults if each not in found]
        if plan:
            plans.append((variant, plan))
    return base, plans, list(dict.fromkeys(found))


def _builds(plan: Plan) -> tuple[tuple[ImagePlan, str], ...]:
    """Return builds and images; ``plan`` is that of an environment, which has the tag that manifests name."""
    made = {part.image.path: (part.image, part.container.image) for part in plan.workloads if part.image}
    return tuple(made.values())


def _with_environment(diagnostic: Diagnostic, name: str) -> Diagnostic:
    """Say which environment a finding is about, if none of its places tells."""
    labels = (diagnostic.at, *diagnostic.related)
    if not name or any(label.path[:1] == ("environments",) for label in labels):
        return diagnostic
    return replace(diagnostic, message=f"{diagnostic.message} (in environment `{name}`)")


def _plan(
    variant: load_app.Variant, workspace: Workspace, facts: Facts, base: App
) -> tuple[Plan | None, list[Diagnostic]]:
    file = workspace.source.name if workspace.source else ""
    platform = workspace.platform_for(variant.environment)
    outcome = resolve(variant.app, variant.environment, platform, facts, defaulted=variant.written_in(file), base=base)
    return outcome.value, [variant.locate(each) for each in outcome.found]


def _environment(variant: load_app.Variant, plan: Plan, made: _Making) -> Environment:
    name = variant.environment or DEFAULT_ENVIRONMENT
    made_alone = tuple(emit(plan))
    completed, found = _by_hand(variant, plan, made, made_alone) if _is_by_hand(variant.app) else (made_alone, ())
    objects = quotas.with_quota(plan, completed, made.workspace)
    where = f" (environment: {variant.environment})" if variant.environment else ""
    header = f'Generated by kgen from {made.path.name}{where}. Do not edit; run "kgen compile".'
    files = {file_name(each): text(each.manifest, header) for each in objects}
    files |= plan.provided.files
    root = made.out / name / plan.app
    tree = Tree(root=root, files=files, inputs=made.inputs, owner=made.owner, out=made.out)
    return Environment(
        name=name,
        namespace=plan.namespace,
        objects=objects,
        tree=tree,
        secrets=plan.secrets,
        entries=plan.provided.entries,
        found=found,
        taken=quotas.taken(plan, objects, variant.root, made.workspace),
        deployed=_deployed(plan, (*objects, *plan.provided.in_files(plan.target)), tree, made.workspace),
    )


def _manifest_sources(facts: Facts, folder: Path) -> dict[str, Source]:
    """Return the objects that a user brings, as files that findings point into."""
    files = {(folder / name).as_posix(): text for each in facts.manifests.values() for name, text in each.items()}
    return {name: Source(name=name, text=text) for name, text in files.items() if text is not None}


def _is_by_hand(app: App) -> bool:
    """Tell whether the user changes objects or brings some."""
    return bool(app.patches or app.manifests)


def _by_hand(
    variant: load_app.Variant, plan: Plan, made: _Making, objects: tuple[Emitted, ...]
) -> tuple[tuple[Emitted, ...], tuple[Diagnostic, ...]]:
    """Return all objects with what the user did, and what is wrong with it."""
    from kgen.handmade.manifests import Brought  # noqa: PLC0415  # few do, and they need all of `validate`
    from kgen.handmade.objects import completed  # noqa: PLC0415
    from kgen.handmade.verdicts import Cluster  # noqa: PLC0415

    platform, folder = made.workspace.platform_for(plan.environment), made.path.parent
    texts = {
        pattern: {(folder / name).as_posix(): text for name, text in files.items()}
        for pattern, files in made.facts.manifests.items()
    }
    given = Brought(namespace=plan.namespace, texts=texts, cluster_wide=platform.manifests.cluster_wide)
    custom, external = platform.crds, platform.external
    cluster = Cluster(store=store(), versions=platform.kubernetes, custom=custom, external=external)
    done = completed(variant.app, objects, given, cluster)
    return done.objects, done.found


def _own_dockerfiles(
    document: load_app.Document,
    base: Plan,
    environments: Sequence[tuple[tuple[load_app.Variant, Plan], Environment]],
    made: _Making,
) -> tuple[tuple[Diagnostic, ...], dict[str, Source]]:
    """Return what is wrong with Dockerfiles that the user wrote, and their texts."""
    from kgen.check.dockerfile import programs  # noqa: PLC0415  # few have one, and it needs the rules of `validate`
    from kgen.handmade.chosen import choice  # noqa: PLC0415  # few have one, and it needs the rules of `validate`
    from kgen.handmade.dockerfiles import Made, findings, own_images  # noqa: PLC0415

    folder, root = made.path.parent, document.base
    images = own_images(root.app, made.facts.dockerfiles, folder.as_posix())
    copied: dict[str, set[str]] = {}
    for each in images:
        copied.setdefault(each.build.context, set()).update(path for _, path in each.copied)
        scripts = (script for program in each.programs for script in programs.scripts(program.words))
        each.scripts = texts((path for script in scripts for path in each.wanted(script)), folder / each.build.context)
    missing = {context: absent(paths, folder / context) for context, paths in copied.items()}
    written = Made(environment="", workloads=base.workloads, objects=(), locate=root.locate)
    ran = [
        Made(environment=variant.environment, workloads=plan.workloads, objects=each.objects, locate=variant.locate)
        for (variant, plan), each in environments
    ]
    chosen = choice(made.workspace.platform.rules, str(made.workspace.root))
    sources = {each.shown: Source(name=each.shown, text=each.file.text) for each in images}
    for each in images:
        sources |= {name: Source(name=name, text=text) for name, text in each.shown_scripts.items()}
    return findings(images, written, ran, missing, chosen), sources


def _deployed(plan: Plan, objects: Sequence[Emitted], tree: Tree, workspace: Workspace) -> Deployed | None:
    platform = workspace.platform_for(plan.environment)
    deployment = argocd.deployment(platform, plan.environment, tree.root.parent.name)
    if deployment is None or workspace.source is None:
        return None
    texts = {PLATFORM_FILE: workspace.source.text}
    return deployed(deployment, app=plan.app, namespace=plan.namespace, objects=objects, tree=tree, platform_file=texts)


def _inputs(path: Path, workspace: Workspace, facts: Facts, source: Source) -> dict[str, str]:
    """Return name → sha256 of the app file, kgen.yaml and mounted files; names relative to the workspace."""
    texts = {path: source.text} | {path.parent / name: content or "" for name, content in facts.files.items()}
    texts |= {path.parent / name: each.text for name, each in facts.secret_files.items() if not each.plain}
    texts |= {path.parent / name: text or "" for files in facts.manifests.values() for name, text in files.items()}
    if workspace.source:
        texts[workspace.root / PLATFORM_FILE] = workspace.source.text
    return {_relative(name, workspace): digest(content.encode()) for name, content in texts.items()}


def _relative(path: Path, workspace: Workspace) -> str:
    return Path(os.path.relpath(path, workspace.root)).as_posix()
