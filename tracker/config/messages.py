"""Turn pydantic's errors into Mistakes in plain words, each with its position and what to write instead."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from tracker.analyse.names import did_you_mean
from tracker.config.yaml_positions import Path, YamlDocument
from tracker.errors import Mistake

Model = TypeVar("Model", bound=BaseModel)


def check_shape(model: type[Model], document: YamlDocument) -> tuple[Model | None, list[Mistake]]:
    """Return the document as the model, or None if invalid, and every mistake in it, those of the YAML included."""
    try:
        return model.model_validate({} if document.value is None else document.value), document.mistakes
    except ValidationError as error:
        found = error.errors(include_url=False)
        return None, document.mistakes + [_mistake(model, document, details) for details in found]


def well_shaped(model: type[Model], value: object) -> Model | None:
    """Return the value as the model, or None if invalid; check_shape reports why."""
    try:
        return model.model_validate(value)
    except ValidationError:
        return None


def _mistake(model: type[BaseModel], document: YamlDocument, details: ErrorDetails) -> Mistake:
    path: Path = tuple(details["loc"])
    fields = list(_fields(model, path))
    name = repr(path[-1]) if path and isinstance(path[-1], str) else "this item"
    given = details["input"]
    match details["type"]:
        case "extra_forbidden":
            known = _known_keys(model, path[:-1])
            message = f"unknown key {name}{did_you_mean(path[-1], known)} (known: {', '.join(known)})"
        case "missing":
            message = f"{name} is missing; write {_expected(fields)}"
        case "literal_error":
            known = list(details["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", "))
            message = f"unknown {path[-1]} {given!r}{did_you_mean(given, known)} (known: {', '.join(known)})"
        case "wrong":
            message = f"{name}: {details['msg']}" if isinstance(path[-1], str) else details["msg"]
        case "too_short":
            message = f"{name} is empty; write {_expected(fields)}"
        case "model_type" | "dict_type" | "model_attributes_type":
            message = _not_a_mapping(name if path else "the file", given, _known_keys(model, path))
        case "list_type" | "tuple_type" | "frozen_set_type" | "set_type":
            message = _not_a_list(name, given, _expected(fields))
        case _:
            message = f"{name} cannot be {_shown(given)}; write {_expected(fields)}"
    return document.mistake(path, message, at_key=details["type"] == "extra_forbidden")


def _not_a_mapping(name: str, given: Any, known: Iterable[str]) -> str:
    """Return what to write where keys and their values belong, and which keys there are."""
    keys = f" (known: {', '.join(known)})" if known else ""
    if given is None:
        return f"{name} is empty; write a 'key: value' line for each setting{keys}"
    return f"{name} needs 'key: value' lines instead of {_shown(given)}{keys}"


def _not_a_list(name: str, given: Any, expected: str) -> str:
    """Return how to write a list."""
    return f"{name} must be a list, not {_shown(given)}; write {expected}, each item on its own line after a hyphen"


def _shown(value: Any) -> str:
    text = {list: "a list", dict: "'key: value' lines", type(None): "empty"}.get(type(value), repr(value))
    return text if len(text) <= 80 else text[:77] + "..."


def _expected(fields: list[FieldInfo]) -> str:
    described = [field.description for field in fields if field.description]
    return described[-1] if described else "another value"


def _fields(model: type[BaseModel], path: Path) -> Iterator[FieldInfo]:
    """Yield the fields along a path."""
    shape: type[BaseModel] | None = model
    for step in path:
        if shape is None or not isinstance(step, str):
            continue
        named = {field.alias or name: field for name, field in shape.model_fields.items()}
        if step not in named:
            return
        yield named[step]
        shape = _model_in(named[step].annotation)


def _known_keys(model: type[BaseModel], path: Path) -> list[str]:
    fields = list(_fields(model, path))
    shape = _model_in(fields[-1].annotation) if fields else model
    return [field.alias or name for name, field in shape.model_fields.items()] if shape else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside an annotation such as `tuple[Annotated[FeedItem, ...], ...] | None`."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation if issubclass(annotation, BaseModel) else None
    found = (_model_in(argument) for argument in get_args(annotation))
    return next((model for model in found if model), None)
