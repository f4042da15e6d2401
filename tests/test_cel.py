# ruff: noqa: E501  # tables: a case is a line
"""Expressions in CEL: what they give, what has no value, what kgen cannot find out, and what it costs."""

from time import process_time

import pytest

from kgen.check.cel.compiled import source_fault
from kgen.check.cel.library import FUNCTIONS, METHODS
from kgen.check.cel.program import Meter, Program
from kgen.check.cel.syntax import CelSyntaxError, parse
from kgen.check.cel.typed import Typed
from kgen.check.cel.values import CelError, Maybe, NoOverloadError, UInt, UnsupportedError
from kgen.check.string_formats import FORMATS

STEPS = 100_000
SELF = {
    "name": "web",
    "port": 8080,
    "ratio": 0.5,
    "ready": True,
    "nothing": None,
    "tags": ["a", "b", "c"],
    "labels": {"app": "shop", "tier": "front"},
    "entries": [{"key": "x", "value": 1}, {"key": "y"}],
    "__namespace__": "prod",
    "many": "9" * 5_000,
}


def value(source: str, me: object = SELF, steps: int = STEPS) -> object:
    return Program(source, frozenset({"self"})).value({"self": me}, Meter(steps))


TRUE = r"""
1 + 2 * 3 == 7
(1 + 2) * 3 == 9
-7 / 2 == -3 && -7 % 2 == -1
7u / 2u == 3u
1 == 1.0 && 1u == 1 && 1 < 1.5 && 2u > 1
!(1 == true) && 'a' != 1 && null == null
0x1F == 31 && 1e3 == 1000.0 && .5 == 0.5
'a' + "b" == 'ab' && b'ab' == bytes('ab') && [1] + [2] == [1, 2]
r'\d' == '\\d' && '\u00e9' == 'é' && '\x41\101' == 'AA' && '''it's''' == "it's"
'é'.size() == 1 && size(b'é') == 2 && size(self.labels) == 2
self.name == 'web' && self['port'] == 8080 && self.__namespace__ == 'prod' && self.`name` == 'web'
has(self.name) && !has(self.missing) && has(self.nothing)
'a' in self.tags && !('z' in self.tags) && 'app' in self.labels
self.missing == 1 || true
!(false && self.missing)
true ? true : self.missing
1 in [1.0] && {'a': [1]} == {'a': [1.0]}
[[1, 2], [3]][0][1] == 2 && {'a': 1}.a == 1 && {1: 'x'}[1] == 'x'
type(1) == int && type('') == string && type(type(1)) == type && type(null) == null_type
type(duration('1s')) == google.protobuf.Duration
dyn(1) == 1 // a comment
int('-5') == -5 && int(2.9) == 2 && uint(3) == 3u && double('1.5') == 1.5 && bool('true') && int(timestamp('1970-01-01T00:01:00Z')) == 60
string(1) == '1' && string(1.5) == '1.5' && string(true) == 'true' && string(b'a') == 'a' && string(1e6) == '1e+06'
self.tags.all(t, t < 'd') && self.tags.exists(t, t == 'b') && self.tags.exists_one(t, t == 'b')
self.tags.all(i, t, self.tags[i] == t) && self.labels.exists(k, v, k == 'app' && v == 'shop')
self.labels.existsOne(k, v, v == 'shop') && self.labels.all(k, k.size() > 2)
self.entries.exists(e, e.value == 1) && !self.entries.all(e, e.key == 'z')
self.tags.map(t, t + '!') == ['a!', 'b!', 'c!'] && [1, 2, 3].map(n, n > 1, n * 2) == [4, 6]
self.tags.filter(t, t != 'b') == ['a', 'c']
[1, 2].transformList(i, v, i + v) == [1, 3] && [1, 2].transformList(i, v, v > 1, v) == [2]
{'a': 1}.transformMap(k, v, v + 1) == {'a': 2} && {'a': 1, 'b': 2}.transformMap(k, v, v > 1, v) == {'b': 2}
['a', 'b'].transformMapEntry(i, v, {v: i}) == {'a': 0, 'b': 1}
[{'n': 2}, {'n': 1}].sortBy(e, e.n)[0].n == 1
self.?name.orValue('x') == 'web' && self.?missing.orValue('x') == 'x' && !self.?missing.a.b.hasValue()
self[?'name'].value() == 'web' && self.tags[?9].orValue('none') == 'none'
optional.of(1).hasValue() && !optional.none().hasValue() && optional.ofNonZeroValue('') == optional.none()
optional.none().or(optional.of(2)).value() == 2 && optional.of(1).orValue(self.missing) == 1
optional.of(2).optMap(v, v * 2).value() == 4 && optional.of(2).optFlatMap(v, optional.none()) == optional.none()
[1, ?optional.none(), ?optional.of(3)] == [1, 3] && {?'a': optional.none(), 'b': 1} == {'b': 1}
'hello'.startsWith('he') && 'hello'.endsWith('lo') && 'hello'.contains('ell') && 'hello'.matches('^h.*o$')
matches('abc', 'b') && !'abc'.matches('^b') && 'A'.matches('(?i)^a$')
'tacocat'.charAt(1) == 'a' && 'abc'.charAt(3) == ''
'hello mellow'.indexOf('ello', 2) == 7 && 'hello mellow'.lastIndexOf('ello') == 7 && 'ab'.indexOf('z') == -1
'hello mellow'.lastIndexOf('ello', 6) == 1
['a', 'b'].join() == 'ab' && ['a', 'b'].join('-') == 'a-b'
'TacoCÆt'.lowerAscii() == 'tacocÆt' && 'tacocæt'.upperAscii() == 'TACOCæT'
'hello hello'.replace('he', 'we') == 'wello wello' && 'hello hello'.replace('he', 'we', 1) == 'wello hello'
'a,b,c'.split(',') == ['a', 'b', 'c'] && 'a,b,c'.split(',', 2) == ['a', 'b,c'] && 'ab'.split('') == ['a', 'b']
'a,b'.split(',', 0) == [] && 'abc'.split('', 2) == ['a', 'bc']
'tacocat'.substring(4) == 'cat' && 'tacocat'.substring(0, 4) == 'taco'
' \u2000a\n'.trim() == 'a' && strings.quote('a\n"') == '"a\\n\\""'
'%s is %d, %.2f, %x, %X, %b, %o, %e %%'.format(['a', 1, 1.5, 255, 'k', 5, 8, 1000.0]) == 'a is 1, 1.50, ff, 6B, 101, 10, 1.000000e+03 %'
'%s %s %s'.format([[1, null], {'b': true}, duration('1s')]) == '[1, null] {b: true} 1s'
'abc 123'.find('[0-9]+') == '123' && 'abc'.find('[0-9]+') == ''
'123 abc 456'.findAll('[0-9]+') == ['123', '456'] && '1 2 3'.findAll('[0-9]', 2) == ['1', '2']
[1, 2, 2].isSorted() && !['b', 'a'].isSorted() && [].isSorted()
[1, 3].sum() == 4 && [1.0, 0.5].sum() == 1.5 && [duration('1m'), duration('1s')].sum() == duration('61s') && [].sum() == 0
[1, 3].min() == 1 && ['a', 'c'].max() == 'c'
[1, 2, 2].indexOf(2) == 1 && [1, 2, 2].lastIndexOf(2) == 2 && [1].indexOf(5) == -1
[1, 2, 3].slice(1, 3) == [2, 3] && [[1], [[2]]].flatten() == [1, [2]] && [[1], [[2]]].flatten(2) == [1, 2]
[2, 1].sort() == [1, 2] && [1, 1.0, 2].distinct() == [1, 2] && [1, 2].reverse() == [2, 1] && lists.range(2) == [0, 1]
[1, 2].first().value() == 1 && [1, 2].last().value() == 2 && !([].first().hasValue())
sets.contains([1, 2], [2]) && sets.equivalent([1, 2], [2, 1, 1]) && sets.intersects([1], [1, 2]) && !sets.intersects([1], [2])
quantity('1Ki') == quantity('1024') && quantity('0.5') == quantity('500m') && quantity('1e3') == quantity('1k')
isQuantity('1.3Gi') && !isQuantity('200K') && !isQuantity('Mi')
quantity('50Mi').isGreaterThan(quantity('50M')) && quantity('1').isLessThan(quantity('2')) && quantity('1').compareTo(quantity('2')) == -1
quantity('50k').asInteger() == 50000 && !quantity('1500m').isInteger() && quantity('1500m').asApproximateFloat() == 1.5
quantity('50k').add(quantity('20k')).sub(20) == quantity('69980') && sign(quantity('-1')) == -1 && quantity('0').sign() == 0
isIP('::1') && !isIP('1.2.3.256') && !isIP('::ffff:1.2.3.4') && !isIP('fe80::1%eth0') && !isIP('01.2.3.4')
ip('127.0.0.1').family() == 4 && ip('::1').family() == 6 && ip('127.0.0.1').isLoopback() && ip('::').isUnspecified()
ip('224.0.0.1').isLinkLocalMulticast() && !ip('224.0.1.1').isLinkLocalMulticast() && ip('ff02::1').isLinkLocalMulticast()
ip('169.254.1.1').isLinkLocalUnicast() && ip('192.168.0.1').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast()
ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD') && string(ip('::0')) == '::'
isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0/33') && !isCIDR('10.0.0.0/08') && string(cidr('10.1.0.0/8')) == '10.1.0.0/8'
cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP(ip('11.0.0.0')) && !cidr('10.0.0.0/8').containsIP('::1')
cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.0.0.0/8').containsCIDR(cidr('0.0.0.0/0'))
cidr('10.1.0.0/8').ip() == ip('10.1.0.0') && cidr('10.1.0.0/8').masked() == cidr('10.0.0.0/8') && cidr('::/64').prefixLength() == 64
isURL('https://user:pass@example.com:80/path?query=val#fragment') && isURL('/absolute') && !isURL('../a') && !isURL('https://a:b:c/')
url('https://example.com:80/').getHost() == 'example.com:80' && url('https://[::1]:80/').getHostname() == '::1'
url('https://example.com:80/').getPort() == '80' && url('/path').getScheme() == '' && url('HTTPS://a').getScheme() == 'https'
url('https://a/with space/').getEscapedPath() == '/with%20space/' && url('https://a').getEscapedPath() == ''
url('https://a/p?k1=a&k2=b&k2=c+d').getQuery() == {'k1': ['a'], 'k2': ['b', 'c d']}
semver('1.2.3').major() == 1 && semver('1.2.3').minor() == 2 && semver('1.2.3-rc.1+b').patch() == 3
semver('1.0.0-alpha').isLessThan(semver('1.0.0')) && semver('1.10.0').isGreaterThan(semver('1.9.0'))
semver('1.0.0-alpha.2').compareTo(semver('1.0.0-alpha.10')) == -1 && semver('v1.02', true) == semver('1.2.0')
isSemver('1.0.0') && !isSemver('v1.0') && isSemver('v1.0', true) && !isSemver('01.0.0')
!isSemver(self.many + '.1.1') && !isSemver('1.1.1-' + self.many) && isSemver('18446744073709551615.0.0')
int('-' + self.many.replace('9', '0') + '7') == -7 && uint(self.many.replace('9', '0')) == 0u
isQuantity(self.many) && !isQuantity('1e' + self.many) && !isQuantity('1E9223372036854775808') && quantity('1E') == quantity('1e18')
!isCIDR('::/' + self.many) && duration('0.' + self.many + 's') < duration('1s') && duration('.5s') == duration('500ms')
format.dns1123Label().validate('web') == optional.none() && format.dns1123Label().validate('Web').value().size() == 1
format.named('uuid').value().validate('x').hasValue() && !format.named('nope').hasValue()
format.qualifiedName().validate('a.b/c') == optional.none() && format.qualifiedName().validate('a/b/c').hasValue()
format.dns1123SubdomainPrefix().validate('a.b-') == optional.none() && format.labelValue().validate('') == optional.none()
format.dns1035Label().validate('1a').hasValue() && format.date().validate('2024-02-30').hasValue()
format.uri().validate('https://a/b') == optional.none() && format.uuid().validate('x').hasValue() && format.byte().validate('aGk=') == optional.none()
format.datetime().validate('2024-01-01T00:00:00Z') == optional.none() && format.dns1035LabelPrefix().validate('a-') == optional.none()
format.dns1123LabelPrefix().validate('a-') == optional.none() && format.dns1123Subdomain().validate('a..b').hasValue()
duration('1h30m') == duration('90m') && duration('-1.5s') < duration('0s') && string(duration('1h0.5s')) == '3600.5s'
duration('90s').getMinutes() == 1 && duration('1h').getHours() == 1 && duration('1500ms').getMilliseconds() == 500 && duration('2m').getSeconds() == 120
timestamp('2024-02-29T12:30:15.25Z').getFullYear() == 2024 && timestamp('2024-02-29T12:30:15.25Z').getMonth() == 1
timestamp('2024-02-29T12:30:15.25Z').getDate() == 29 && timestamp('2024-02-29T12:30:15.25Z').getDayOfMonth() == 28
timestamp('2024-02-29T12:30:15.25Z').getDayOfWeek() == 4 && timestamp('2024-02-29T12:30:15.25Z').getDayOfYear() == 59
timestamp('2024-02-29T23:30:15.25Z').getHours('+01:00') == 0 && timestamp('2024-02-29T12:30:15.25Z').getMinutes() == 30
timestamp('2024-02-29T12:30:15.25Z').getSeconds() == 15 && timestamp('2024-02-29T12:30:15.25Z').getMilliseconds() == 250
timestamp('2024-03-01T00:00:00Z') - timestamp('2024-02-28T00:00:00Z') == duration('48h')
timestamp('2024-02-28T00:00:00Z') + duration('24h') == timestamp('2024-02-29T01:00:00+01:00')
string(timestamp('2024-02-29T01:00:00.5+01:00')) == '2024-02-29T00:00:00.5Z' && timestamp(0) == timestamp('1970-01-01T00:00:00Z')
"""


@pytest.mark.parametrize("source", TRUE.strip().splitlines())
def test_what_is_true(source: str) -> None:
    assert value(source) is True


def test_every_function_has_an_example() -> None:
    assert [name for name in {**FUNCTIONS, **METHODS} if f"{name.rpartition('.')[2]}(" not in TRUE] == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("self.missing", "no such key: missing"),
        ("self.tags[3]", "index out of bounds: 3"),
        ("self.tags['a']", "no such overload: `[]` of list, string"),
        ("self.name.more", "no such overload: `.more` of string"),
        ("has(self.name.more)", "no such overload: `has` of string"),
        ("9223372036854775807 + 1", "integer overflow"),
        ("-(-9223372036854775807 - 1)", "integer overflow"),
        ("0u - 1u", "unsigned integer overflow"),
        ("1 / 0", "division by zero"),
        ("1 % 0", "modulus by zero"),
        ("1 + 1.0", "no such overload: `+` of int, double"),
        ("1 < 'a'", "no such overload: `<` of int, string"),
        ("quantity('1') < quantity('2')", "no such overload: `<` of kubernetes.Quantity, kubernetes.Quantity"),
        ("'a' && true", "no such overload: `&&` of string"),
        ("!1", "no such overload: `!` of int"),
        ("-'a'", "no such overload: `-` of string"),
        ("1 ? 2 : 3", "no such overload: `?:` of int"),
        ("1 in 1", "no such overload: `in` of int, int"),
        ("self.tags.all(t, t)", "no such overload: `all` of string"),
        ("self.tags.filter(t, t)", "no such overload: `filter` of string"),
        ("self.port.all(t, t)", "no such overload: `all` of int"),
        ("self.entries.exists(e, e.value == 2)", "no such key: value"),
        ("size(1)", "no such overload: `size` of int"),
        ("size(1, 2)", "`size` takes another number of arguments"),
        ("undefined > 1", "`undefined` is not defined"),
        ("has(self)", "`has()` takes a field: `has(self.name)`"),
        ("int('x')", "`x` is no integer"),
        ("uint('-1')", "`-1` is no unsigned integer"),
        ("int('1' + self.many)", "integer overflow"),
        ("int('-1' + self.many)", "integer overflow"),
        ("uint('1' + self.many)", "integer overflow"),
        ("semver('1' + self.many + '.1.1')", "integer overflow"),
        ("semver('18446744073709551616.1.1')", "unsigned integer overflow"),
        ("semver('1.1.1-1' + self.many)", "integer overflow"),
        ("duration('1' + self.many + 's')", "integer overflow"),
        ("'%.100000000000000000000f'.format([1.0])", "integer overflow"),
        ("quantity('1e9223372036854775808')", "`1e9223372036854775808` is no quantity"),
        ("double('x')", "`x` is no number"),
        ("bool('yes')", "`yes` is no boolean"),
        ("int(1e30)", "integer overflow"),
        ("string(b'\\xff')", "the bytes are no UTF-8"),
        ("duration('1 week')", "`1 week` is no duration"),
        ("timestamp('2024-02-30T00:00:00Z')", "`2024-02-30T00:00:00Z` is no timestamp"),
        ("timestamp('9999-12-31T23:59:59Z') + duration('1s')", "timestamp out of range"),
        ("duration('2562047h') + duration('2562047h')", "duration out of range"),
        ("quantity('x')", "`x` is no quantity"),
        ("quantity('1500m').asInteger()", "cannot convert value to integer"),
        ("ip('x')", "`x` is no IP address"),
        ("cidr('10.0.0.0')", "`10.0.0.0` is no network address"),
        ("url('x')", "`x` is no URL"),
        ("semver('1')", "`1` is no semantic version"),
        ("'a'.matches('(')", "`(` is no regular expression: a `)` is missing"),
        ("'a'.charAt(2)", "index out of range: 2"),
        ("'abc'.substring(2, 1)", "invalid substring range. start: 2, end: 1"),
        ("'%d'.format(['a'])", "`%d` cannot format a string"),
        ("'%s'.format([])", "`format` has only 0 values"),
        ("[].max()", "`max` called on an empty list"),
        ("optional.none().value()", "optional.none() dereference"),
        ("{'a': 1, 'a': 2}", "the key `a` is there twice"),
        ("{1.5: 1}", "no such overload: `{}` of double"),
    ],
)
def test_what_has_no_value(source: str, message: str) -> None:
    with pytest.raises(CelError) as raised:
        value(source)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "expected a value at position 1, but there is the end"),
        ("1 +", "expected a value at position 4, but there is the end"),
        ("(1", "expected `)` at position 3, but there is the end"),
        ("1 2", "expected the end at position 3, but there is `2`"),
        ("a.1", "expected the end at position 2, but there is `.1`"),
        ("for", "`for` at position 1 is reserved"),
        ("self.in", "`in` at position 6 is reserved; write `__in__`"),
        ("'a", "`'` at position 1 begins nothing that CEL knows"),
        ("'\\q'", "`\\q` is no escape that CEL knows"),
        ("9223372036854775808", "`9223372036854775808` does not fit into 64 bits"),
        ("9" * 5_000, f"`{'9' * 5_000}` does not fit into 64 bits"),
        ("(" * 200 + "1" + ")" * 200, "is nested more than 50 levels deep"),
        ("self.?a(1)", "expected the end at position 8, but there is `(`"),
    ],
)
def test_what_is_no_expression(source: str, message: str) -> None:
    with pytest.raises(CelSyntaxError) as raised:
        parse(source)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("self.sparkle()", "calls `sparkle`, a function that kgen does not know"),
        ("authorizer('x')", "calls `authorizer`, a function that kgen does not know"),
        ("timestamp(0).getHours('Europe/Berlin')", "kgen does not know the time zone `Europe/Berlin`"),
        ("'a'.matches('\\\\p{Greek}')", "kgen does not know the class of characters `Greek`"),
        ("quantity('1e99999') == quantity('1')", "kgen does not count as far as `1e99999`"),
        (f"quantity('{'9' * 5_000}').sign() == 1", f"kgen does not count as far as `{'9' * 5_000}`"),
        ("lists.range(100000000).size() > 1", "makes a list of more than 1000000 entries"),
        ("self.big.all(a, self.big.all(b, a <= b || a > b))", "takes more steps than kgen allows for"),
        ("self.big.map(a, self.big.map(b, b)).size() > 0", "takes more steps than kgen allows for"),
        ("self.big.distinct().size() > 1", "takes more steps than kgen allows for"),
        ("self.big.all(a, self.big == self.big)", "takes more steps than kgen allows for"),
        ("self.long.replace('', self.long).size() > 1", "makes a text of more than 10000000 characters"),
        ("self.big.map(a, self.long).join(self.long).size() > 1", "makes a text of more than 10000000 characters"),
        ("+".join(["1"] * 20_000) + " > 0", "is too long for kgen"),
    ],
)
def test_what_kgen_cannot_find_out(source: str, message: str) -> None:
    with pytest.raises(UnsupportedError) as raised:
        value(source, {"big": list(range(2000)), "long": "x" * 10_000})
    assert str(raised.value) == message


def test_a_limit_of_steps_gives_the_same_answer_each_time() -> None:
    source, me = "self.all(a, self.all(b, a == b || a != b))", list(range(20))
    spent = []
    for _ in range(2):
        meter = Meter(STEPS)
        assert Program(source, frozenset({"self"})).value({"self": me}, meter) is True
        spent.append(STEPS - meter.left)
    assert spent[0] == spent[1] > 400
    assert value(source, me, spent[0]) is True
    with pytest.raises(UnsupportedError):
        value(source, me, spent[0] - 1)


def test_a_hostile_pattern_ends() -> None:
    assert value("self.matches('^(a+)+$')", "a" * 20_000 + "b") is False


def test_a_program_knows_the_variables_that_it_reads() -> None:
    names = frozenset({"self", "oldSelf"})
    assert Program("self.a", names).names == {"self"}
    assert Program("[1].all(self, self > 0) && oldSelf.x", names).names == {"oldSelf"}


SCHEMA = {
    "type": "object",
    "properties": {
        "namespace": {"type": "string"},
        "my-key": {"type": "string"},
        "__x": {"type": "string"},
        "when": {"type": "string", "format": "date-time"},
        "day": {"type": "string", "format": "date"},
        "wait": {"type": "string", "format": "duration"},
        "data": {"type": "string", "format": "byte"},
        "share": {"type": "number"},
        "count": {"type": "integer"},
        "port": {"x-kubernetes-int-or-string": True},
        "set": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        "map": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["in"],
            "items": {"type": "object", "properties": {"in": {"type": "string"}, "v": {"type": "integer"}}},
        },
        "list": {"type": "array", "items": {"type": "integer"}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
OBJECT = {
    "namespace": "a",
    "my-key": "b",
    "__x": "c",
    "when": "2024-01-01T00:00:00Z",
    "day": "2024-01-01",
    "wait": "1 week",
    "data": "aGk=",
    "share": 1,
    "count": 1.0,
    "port": "http",
    "set": ["a", "b"],
    "map": [{"in": "x", "v": 1}, {"in": "y", "v": 2}],
    "list": [1, 2],
    "labels": {"my-key": "d", "namespace": "e"},
}


@pytest.mark.parametrize(
    "source",
    [
        "self.__namespace__ == 'a' && self.my__dash__key == 'b' && self.__underscores__x == 'c'",
        "self.when == timestamp('2024-01-01T00:00:00Z') && self.when == self.day",
        "self.wait == duration('168h')",
        "self.data == b'hi'",
        "type(self.share) == double && type(self.count) == int",
        "type(self.port) == string",
        "self.set == ['b', 'a'] && self.set + ['b', 'c'] == ['a', 'b', 'c']",
        "self.map == [{'__in__': 'y', 'v': 2}, {'__in__': 'x', 'v': 1}]",
        "(self.map + [{'__in__': 'x', 'v': 3}]).map(e, e.v) == [3, 2]",
        "self.list != [2, 1]",
        "self.labels['my-key'] == 'd' && self.labels.__namespace__ == 'e' || self.labels['namespace'] == 'e'",
    ],
)
def test_values_have_the_types_of_their_schema(source: str) -> None:
    assert value(source, Typed().value(OBJECT, SCHEMA)) is True


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("self.count > 0", ""),
        ("self.map.all(e, e.v > 0 && e.__in__ != '')", ""),
        ("self.labels.anything == ''", ""),
        ("self.sparkle()", ""),
        ("self.cuont > 0", "speaks of `self.cuont`, a field that the schema does not have"),
        ("has(self.namespace)", "speaks of `self.namespace`, a field that the schema does not have"),
        ("self.map.all(e, e.w > 0)", "speaks of `e.w`, a field that the schema does not have"),
        ("self.map[0].w > 0", "speaks of `….w`, a field that the schema does not have"),
        ("self.count >", "is no CEL expression: expected a value at position 13, but there is the end"),
        ("me.count", "is no CEL expression: `me` is not defined"),
    ],
)
def test_faults_of_expressions_are_found_without_an_object(source: str, fault: str) -> None:
    assert source_fault(source, SCHEMA) == fault


def test_a_duration_of_many_digits_stays_a_text() -> None:
    text = f"{'9' * 5_000} weeks"
    assert value("self", Typed().value(text, {"type": "string", "format": "duration"})) == text


def test_an_address_of_many_digits_is_none() -> None:
    parts = ("1.2.3.4", "00255.0.0.000", "256.0.0.0", "1000.0.0.0", f"{'9' * 5_000}.1.1.1")
    assert [FORMATS["ipv4"](part) for part in parts] == [True, True, False, False, False]


def test_texts_of_many_digits_take_little_time() -> None:
    text = "9" * 200_000
    started = process_time()
    assert not any(FORMATS["duration"](f"{sign}{text}") for sign in ("", "1.", "."))
    assert value("self", Typed().value(text, {"type": "string", "format": "duration"})) == text
    assert value("isQuantity(self + 'x') || isQuantity('1.' + self + 'x')", text, 10**6) is False
    for source in ("double(self + 'x')", "duration(self)", "duration('1.' + self)", "duration(self + 's' + self)"):
        with pytest.raises(CelError):
            value(source, text, 10**6)
    assert process_time() - started < 1


def test_values_have_a_readable_form() -> None:
    assert repr([UInt(1), Maybe(2), Maybe()]) == "[UInt(1), Maybe(2), Maybe()]"
    assert str(NoOverloadError("f")) == "no such overload: `f`"
