"""`mails/` → `Mails`: a manifest that says what each mail must hold, and three templates for each mail and language."""

from collections.abc import Iterator, Mapping, Set
from functools import partial

from shared.ids import Language
from shared.portals.check_mail import Entry, check_mail
from shared.portals.compile_template import compile_template
from shared.portals.document import Document
from shared.portals.faults import Fault
from shared.portals.kinds import KINDS, needed
from shared.portals.layers import Layers
from shared.portals.mail_layout import layout
from shared.portals.mails import HTML, PLAIN, Mails, MailTemplate
from shared.portals.profile import Profile
from shared.portals.validation import validated

MANIFEST = "mails/manifest.yaml"


def read_mails(layers: Layers, profile: Profile, faults: list[Fault]) -> Mails:
    """The mails, as far as they are right; what is not is added to `faults`."""
    manifest = layers.document(MANIFEST)
    faults += manifest.faults
    faults += _unlike_kinds(manifest, profile)

    mails: dict[str, Mapping[Language, MailTemplate]] = {}
    for mail in (mail for mail in manifest.data if mail in KINDS):
        entry = validated(Entry, manifest.data[mail], manifest, faults, at=(mail,))
        if entry is None:
            continue
        faults += _entry_faults(manifest, mail, entry, profile)
        read = {language: _template(layers, profile, mail, language, entry, faults) for language in profile.languages}
        mails[mail] = {language: template for language, template in read.items() if template}
    return Mails(mails, profile.languages[0])


def _unlike_kinds(manifest: Document, profile: Profile) -> Iterator[Fault]:
    for mail in manifest.data.keys() - KINDS.keys():
        yield manifest.fault((mail,), f"{mail}: no such mail; there are {_listed(KINDS.keys())}")
    for mail in needed(profile.policy) - manifest.data.keys() if manifest.data else ():
        yield manifest.fault((), f"{mail} is missing: a portal of this policy sends it")


def _entry_faults(manifest: Document, mail: str, entry: Entry, profile: Profile) -> Iterator[Fault]:
    known = KINDS[mail].variables
    for name in entry.variables - known:
        yield manifest.fault((mail, "variables"), f"unknown variable {name!r}: {mail} is given {_listed(known)}")
    for name in entry.must_show.difference(entry.variables):
        yield manifest.fault((mail, "must_show"), f"{name!r} must be one of {_listed(entry.variables)}")
    wanted = len(entry.notes.get(profile.languages[0], ()))
    for language in profile.languages:
        if len(entry.notes.get(language, ())) != wanted:
            message = f"{mail} must have as many notes in {language!r} as in {profile.languages[0]!r}: {wanted}"
            yield manifest.fault((mail, "notes", language), message)


def _template(
    layers: Layers, profile: Profile, mail: str, language: Language, entry: Entry, faults: list[Fault]
) -> MailTemplate | None:
    kind, stem = KINDS[mail], f"mails/{mail}.{language}"
    compiled = partial(compile_template, variables=entry.variables, faults=faults)
    subject = compiled(layers.file(f"{stem}.subject.txt"), PLAIN, secret=kind.secret)
    text = compiled(layers.file(f"{stem}.txt"), PLAIN)
    html = compiled(layers.file(f"{stem}.html"), HTML)
    if not (subject and text and html):
        return None
    of_the_portal = {
        "portal": profile.title,
        "url": profile.url,
        "contact": profile.contact.label.get(language, ""),
        "contact_email": profile.contact.email,
    }
    defaults = dict.fromkeys(kind.given.keys() - entry.must_show, "") | of_the_portal
    template = MailTemplate(subject, text, html, layout(language, profile.brand.color), defaults)
    faults += check_mail(template, entry, language, kind.in_links)
    return template


def _listed(names: Set[str]) -> str:
    return ", ".join(sorted(names))
