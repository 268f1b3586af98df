"""Holds every answer against the typed classes of Stripe's python library.

`watch()` makes the library hand each answer over as it comes: every field has to be one that its class declares, with
the declared type, and no field that the class counts on may be missing. `SEEN` counts the calls by kind of object.
"""

import collections
import decimal
import typing

import stripe
from stripe._api_requestor import _APIRequestor
from stripe._list_object import ListObject
from stripe._object_classes import get_object_class
from stripe._stripe_object import StripeObject, UntypedStripeObject

SEEN = collections.Counter()
CALLS = []
PLAIN = {str: str, bool: bool, int: int, float: (int, float), decimal.Decimal: str}
RENAMED = {
    "AccountResource": stripe.Account,
    "CardResource": stripe.Card,
    "DisputeResource": stripe.Dispute,
    "RefundResource": stripe.Refund,
    "TransferResource": stripe.Transfer,
}


class Wrong(AssertionError):
    """An answer that the library's classes do not know."""


def check_object(value, cls, path):
    """Checks a JSON object against a class. One that says what it is, is held against that."""
    if not isinstance(value, dict):
        raise Wrong(f"{path} is {value!r}, not an object of {cls.__name__}")
    if value.get("deleted") is True:
        return
    kind = value.get("object")
    if isinstance(kind, str) and kind != "list":
        known = get_object_class("v1", kind)
        if known is not StripeObject:
            cls = known
    declared = {}
    for base in reversed(cls.__mro__):
        declared.update({k: v for k, v in vars(base).get("__annotations__", {}).items() if not k.startswith("_")})
    declared = {k: v for k, v in declared.items() if "ClassVar" not in str(v)}
    if not declared:
        return
    for name, content in value.items():
        if name not in declared:
            raise Wrong(f"{path}.{name}: {cls.__qualname__} declares no such field")
        check_type(content, declared[name], f"{path}.{name}")
    for name, declaration in declared.items():
        if name not in value and not is_optional(declaration):
            raise Wrong(f"{path} lacks {name}, which {cls.__qualname__} counts on")


def is_optional(declaration):
    return type(None) in typing.get_args(declaration)


def check_type(value, declaration, path):
    """Checks a JSON value against a declared type."""
    if isinstance(declaration, typing.ForwardRef):
        name = declaration.__forward_arg__
        declaration = RENAMED.get(name) or getattr(stripe, name, None)
        if declaration is None:
            return
    origin, arguments = typing.get_origin(declaration), typing.get_args(declaration)
    if declaration is typing.Any:
        return
    if declaration is type(None):
        if value is not None:
            raise Wrong(f"{path} is {value!r}")
    elif origin is typing.Union:
        check_union(value, arguments, path)
    elif origin is typing.Literal:
        if value not in arguments:
            raise Wrong(f"{path} is {value!r}, none of {arguments[:9]}")
    elif origin is list:
        if not isinstance(value, list):
            raise Wrong(f"{path} is {value!r}, not a list")
        for place, item in enumerate(value):
            check_type(item, arguments[0], f"{path}[{place}]")
    elif origin is ListObject:
        check_list(value, arguments[0], path)
    elif origin is UntypedStripeObject or declaration is UntypedStripeObject:
        if not isinstance(value, dict):
            raise Wrong(f"{path} is {value!r}, not an object")
    elif declaration in PLAIN:
        fits = isinstance(value, PLAIN[declaration]) and (declaration is bool or not isinstance(value, bool))
        if not fits:
            raise Wrong(f"{path} is {value!r}, not {declaration.__name__}")
    elif isinstance(declaration, type) and issubclass(declaration, StripeObject):
        check_object(value, declaration, path)


def check_union(value, choices, path):
    """One of the types has to fit. Words that the library lists are kept to, though it allows any."""
    if value is None:
        if type(None) not in choices:
            raise Wrong(f"{path} is null")
        return
    words = [choice for choice in choices if typing.get_origin(choice) is typing.Literal]
    if isinstance(value, str) and words:
        return check_type(value, words[0], path)
    problems = []
    for choice in choices:
        try:
            return check_type(value, choice, path)
        except Wrong as wrong:
            problems.append(str(wrong))
    raise Wrong(problems[-1] if isinstance(value, dict) else f"{path} is {value!r}, none of {choices}")


def check_list(value, item, path):
    if not isinstance(value, dict) or value.get("object") != "list" or not isinstance(value.get("data"), list):
        raise Wrong(f"{path} is not a list object")
    if set(value) != {"object", "data", "has_more", "url"} or not isinstance(value["has_more"], bool):
        raise Wrong(f"{path} has {sorted(value)}")
    for place, content in enumerate(value["data"]):
        check_type(content, item, f"{path}.data[{place}]")


def check_answer(answer):
    """Checks what a call answered, from the JSON as it came."""
    value = answer.last_response.data if answer.last_response else None
    if not isinstance(value, dict):
        raise Wrong("the answer is no JSON object")
    kind = value.get("object", "?")
    if kind == "list":
        check_list(value, StripeObject, kind)
        for item in value["data"]:
            check_object(item, StripeObject, item.get("object", "?"))
            SEEN["list of " + item.get("object", "?")] += 1
    else:
        SEEN[kind] += 1
        check_object(value, type(answer), kind)


def watch():
    """From now on every answer is checked as it comes, and every call counted."""
    request = _APIRequestor.request

    def checked(self, method, url, params=None, options=None, **more):
        CALLS.append(f"{method.upper()} {url}")
        answer = request(self, method, url, params, options, **more)
        check_answer(answer)
        return answer

    _APIRequestor.request = checked
