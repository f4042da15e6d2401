"""The rules of the schema layer, by what a fault breaks."""

from collections.abc import Mapping

from kgen.check.fault import Keyword
from kgen.diag import Rule, Severity

UNKNOWN_KUBERNETES_KIND = Rule(
    code="KG5001",
    name="unknown-kubernetes-kind",
    explain="The API server of a declared Kubernetes version does not serve this kind, so it rejects the object.",
)
WRONG_TYPE = Rule(
    code="KG5002",
    name="wrong-kubernetes-type",
    explain="The API server cannot decode an object in which a field has a value of another type.",
)
UNKNOWN_FIELD = Rule(
    code="KG5003",
    name="unknown-kubernetes-field",
    explain="A field that Kubernetes does not know is dropped unseen, or rejected under strict field validation.",
)
MISSING_FIELD = Rule(
    code="KG5004", name="missing-kubernetes-field", explain="The API server rejects an object that lacks the field."
)
UNSUPPORTED_VALUE = Rule(
    code="KG5005", name="unsupported-value", explain="The field takes one of a few values, spelt exactly so."
)
MALFORMED_VALUE = Rule(
    code="KG5006",
    name="malformed-value",
    explain="The text is not of the form that the field asks for: a quantity, a time, base64 and the like.",
)
VALUE_OUT_OF_RANGE = Rule(
    code="KG5007", name="value-out-of-range", explain="The number is smaller or larger than the field allows."
)
PATTERN_MISMATCH = Rule(
    code="KG5008", name="pattern-mismatch", explain="The text does not match the pattern that the schema asks for."
)
NO_ALLOWED_FORM = Rule(
    code="KG5009",
    name="no-allowed-form",
    explain="The schema allows several forms of the value, and this is none of them, or more than one.",
)
DUPLICATE_ENTRY = Rule(
    code="KG5010",
    name="duplicate-list-entry",
    severity=Severity.WARNING,
    explain="A create passes, but a server-side apply is refused: it tells entries of the list apart by these fields.",
)
REPEATED_ENTRY = Rule(
    code="KG5011",
    name="repeated-list-entry",
    explain="The API server tells entries of the list apart by these fields, and rejects two that are the same.",
)
TOO_LARGE = Rule(
    code="KG5012", name="value-too-large", explain="It has more characters, entries or fields than the schema allows."
)
RULE_VIOLATED = Rule(
    code="KG5013",
    name="custom-rule-violated",
    explain="The CustomResourceDefinition has a rule (`x-kubernetes-validations`) that the object breaks.",
)
RULE_NOT_CHECKED = Rule(
    code="KG5014",
    name="custom-rule-not-checked",
    severity=Severity.WARNING,
    explain="kgen could not evaluate a rule of the CustomResourceDefinition, so it does not know what the server says.",
)
NO_NAME = Rule(
    code="KG5015",
    name="object-without-name",
    explain="Every object has a name, or a `generateName` from which the API server makes one.",
)
NO_KIND = Rule(
    code="KG5016",
    name="object-without-kind",
    explain="`apiVersion` and `kind` say what an object is; with only one of them, nobody knows.",
)
BROKEN_DEFINITION = Rule(
    code="KG5017",
    name="broken-custom-resource-definition",
    explain="Custom resources are checked against their CustomResourceDefinition, so that has to be right itself.",
)

OTHER_RELEASE = Rule(
    code="KG5018",
    name="differs-from-known-release",
    severity=Severity.WARNING,
    explain="kgen knows a custom kind that nobody declares from one release of its operator; another may differ.",
)

BY_KEYWORD: Mapping[Keyword, Rule] = {
    Keyword.TYPE: WRONG_TYPE,
    Keyword.UNKNOWN: UNKNOWN_FIELD,
    Keyword.REQUIRED: MISSING_FIELD,
    Keyword.ENUM: UNSUPPORTED_VALUE,
    Keyword.FORMAT: MALFORMED_VALUE,
    Keyword.RANGE: VALUE_OUT_OF_RANGE,
    Keyword.PATTERN: PATTERN_MISMATCH,
    Keyword.COMBINATION: NO_ALLOWED_FORM,
    Keyword.DUPLICATE: DUPLICATE_ENTRY,
    Keyword.REPEATED: REPEATED_ENTRY,
    Keyword.TOO_LARGE: TOO_LARGE,
    Keyword.RULE: RULE_VIOLATED,
    Keyword.UNCHECKED: RULE_NOT_CHECKED,
    Keyword.DEFINITION: BROKEN_DEFINITION,
    Keyword.NAME: NO_NAME,
}

RULES = (UNKNOWN_KUBERNETES_KIND, NO_KIND, *BY_KEYWORD.values(), OTHER_RELEASE)
