"""The types of a provider that cannot be run here, out of the npm package that was generated from its schema.

`cdktn provider` (formerly `cdktf get`) writes a class for each type of a provider. What it writes keeps the names, the nesting,
what is required, optional and computed, and which arguments are write-only. It drops what is sensitive, what is deprecated, and
every limit on the number of nested blocks beyond "at least one" and "at most one". Where a block is too deep, it writes `any`.

This program reads those classes and prints what `terraform providers schema -json` would print, as far as they tell. The words of
the package, its documentation, are not read. A structure that this program does not know is an error, never a guess.

    python3 xtask/published_types.py @cdktn/provider-aws@25.7.0 --integrity sha512-...

With `--against`, it counts instead how its answer differs from what Terraform printed. Made from the package of a provider that
can be run, that is the measure of what can be told: `docs/provider-6.md` has the counts.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]

#: The classes that stand for a type, by what they extend.
TOP_LEVEL: Final = {
    "TerraformResource": "resource_schemas",
    "TerraformDataSource": "data_source_schemas",
    "TerraformEphemeralResource": "ephemeral_resource_schemas",
    "TerraformProvider": "provider",
}

CLASS: Final = re.compile(r"^class (\w+) extends \w+\.(\w+) \{$")
FLAGS: Final = re.compile(r"^ +// (\w+) - computed: (true|false), optional: (true|false), required: (true|false)$")
MEMBER: Final = re.compile(r'^ +(?:this\.)?(_\w+) = new (?:(\w+)\.)?(\w+)\(this, "(\w+)"(?:, (true|false))?\);$')
GETTER: Final = re.compile(r"^ {4}get (\w+)\(\) \{$")
RETURNED: Final = re.compile(r"^ {8}return (.*);$")
SETTER: Final = re.compile(r"^ {4}(?:set |put)(\w+)\(value\) \{$")
RESET: Final = re.compile(r"^ {4}reset(\w+)\(\) \{$")
SUPER: Final = re.compile(r"^ {8}super\(terraformResource, terraformAttribute(.*)\);$")
TYPE_NAME: Final = re.compile(r'^(?: {4}static |(\w+)\.)tfResourceType = "(\w+)";$')
WRITER: Final = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{$")
WRITTEN: Final = re.compile(r'^( {8}| {12})"?(\w+)"?: \{$')
WRITTEN_FIELD: Final = re.compile(r'^(?: {12}| {16})(value|isBlock|type|storageClassType): "?(.*?)"?,$')
FUNCTION: Final = re.compile(r'TerraformProviderFunction\.invoke\(this\.providerLocalName, "(\w+)"')

#: Types of attributes whose getter says them, without the name in its brackets.
GETTERS: Final[dict[str, Any]] = {
    "this.getStringAttribute": "string",
    "this.getNumberAttribute": "number",
    "this.getBooleanAttribute": "bool",
    "this.getListAttribute": ["list", "string"],
    "this.getNumberListAttribute": ["list", "number"],
    "this.getStringMapAttribute": ["map", "string"],
    "this.getNumberMapAttribute": ["map", "number"],
    "this.getBooleanMapAttribute": ["map", "bool"],
    "Fn.tolist(this.getListAttribute": ["set", "string"],
    "Token.asNumberList(Fn.tolist(this.getNumberListAttribute": ["set", "number"],
}

#: Types that are members of the base library.
LIBRARY: Final[dict[str, Any]] = {
    "StringMap": ["map", "string"],
    "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"],
    "StringMapList": ["list", ["map", "string"]],
    "AnyMap": ["map", "dynamic"],
}

SCALARS: Final = {"string": "string", "number": "number", "boolean": "bool"}


class UnknownStructure(Exception):
    """The package has something that this program was not written for."""


@dataclass
class Written:
    """How an argument is written: an entry of a `...ToHclTerraform` function or of `synthesizeHclAttributes`."""

    value: str = ""
    is_block: bool = False
    kind: str = ""
    storage: str = ""


@dataclass
class Member:
    """A member that is an object of another class."""

    class_name: str
    name: str
    of_library: bool
    wraps_set: bool


@dataclass
class Flags:
    """Which of the three an attribute or block is."""

    computed: bool
    optional: bool
    required: bool


@dataclass
class Entry:
    """An attribute or block of a class."""

    name: str
    flags: Flags
    getter: str
    member: Member | None


@dataclass
class Class:
    """A class of the package."""

    name: str
    base: str
    type_name: str = ""
    #: Whether the class is the one item of a list or set, rather than an object.
    one_of_list: bool = False
    written: dict[str, Written] = field(default_factory=dict)
    commented: dict[str, Flags] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    getters: dict[str, str] = field(default_factory=dict)
    settable: set[str] = field(default_factory=set)
    resettable: set[str] = field(default_factory=set)

    def entries(self) -> list[Entry]:
        """The attributes and blocks, each with what its comment or its methods say."""
        entries = []
        for getter, returned in self.getters.items():
            member = self.members.get(returned.removeprefix("this."))
            named = re.search(r"Attribute\('(\w+)'\)", returned)
            if member is None and named is None:
                continue  # the input of an argument, which is another getter
            name = member.name if member else named[1] if named else ""
            entries.append(Entry(name, self.commented.get(name) or self._flags(getter), returned, member))
        return entries

    def _flags(self, getter: str) -> Flags:
        """Older packages have lost their comments. Their methods say what can be given, not what is computed as well."""
        if getter not in self.settable:
            return Flags(computed=True, optional=False, required=False)
        return Flags(computed=False, optional=getter in self.resettable, required=getter not in self.resettable)


class Source:
    """The classes and functions of the files of one type."""

    def __init__(self, text: str) -> None:
        self.classes: dict[str, Class] = {}
        self.writers: dict[str, dict[str, Written]] = {}
        self._class: Class | None = None
        self._getter = ""
        self._written: dict[str, Written] | None = None
        self._argument: Written | None = None
        for line in text.splitlines():
            self._line(line)

    def _line(self, line: str) -> None:
        if line == "}":
            self._class = self._written = self._argument = None
        elif (found := TYPE_NAME.match(line)) and (owner := self.classes.get(found[1] or "") or self._class):
            owner.type_name = found[2]
        elif found := CLASS.match(line):
            self._class = self.classes.setdefault(found[1], Class(found[1], found[2]))
        elif found := WRITER.match(line):
            self._written = self.writers.setdefault(found[1], {})
        elif line == "    synthesizeHclAttributes() {" and self._class is not None:
            self._written = self._class.written
        elif self._written is not None:
            self._argument_line(line)
        elif self._class is not None:
            self._class_line(self._class, line)

    def _argument_line(self, line: str) -> None:
        if (found := WRITTEN.match(line)) and self._written is not None:
            self._argument = self._written.setdefault(found[2], Written())
        elif (found := WRITTEN_FIELD.match(line)) and self._argument is not None:
            match found[1]:
                case "value":
                    self._argument.value = found[2]
                case "isBlock":
                    self._argument.is_block = found[2] == "true"
                case "type":
                    self._argument.kind = found[2]
                case _:
                    self._argument.storage = found[2]

    def _class_line(self, owner: Class, line: str) -> None:
        if found := SUPER.match(line):
            owner.one_of_list = found[1] in (", false, 0", ", true, 0")
        elif found := FLAGS.match(line):
            owner.commented[found[1]] = Flags(*(found[at] == "true" for at in (2, 3, 4)))
        elif found := MEMBER.match(line):
            of_library = found[2] in ("cdktn", "cdktf")
            owner.members[found[1]] = Member(found[3], found[4], of_library, found[5] == "true")
        elif found := GETTER.match(line):
            self._getter = found[1]
        elif found := SETTER.match(line):
            owner.settable.add(first_lower(found[1]))
        elif found := RESET.match(line):
            owner.resettable.add(first_lower(found[1]))
        elif self._getter and (found := RETURNED.match(line)):
            owner.getters[self._getter] = found[1]
            self._getter = ""


def first_lower(name: str) -> str:
    """The name of a function for a class."""
    return name[:1].lower() + name[1:]


def flags_of(entry: Entry) -> Json:
    """The flags that are set, as Terraform prints them."""
    return {flag: True for flag in ("computed", "optional", "required") if getattr(entry.flags, flag)}


class Reader:
    """Makes blocks and types of the classes of one type."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._open: list[str] = []

    def top_level(self, of: Class) -> Json:
        """The block of a type."""
        if of.base == "TerraformProvider":
            return self._written_only(of.written, of.name)
        return self._block(of.entries(), of.written, of.name)

    def _block(self, entries: list[Entry], written: dict[str, Written], place: str) -> Json:
        attributes: Json = {}
        blocks: Json = {}
        for entry in entries:
            how = written.get(entry.name)
            if how is None and (entry.flags.optional or entry.flags.required):
                raise UnknownStructure(f"{place}.{entry.name} is an argument that is nowhere written")
            if how is not None and self._is_open(entry, how):
                attributes[entry.name] = {"type": "dynamic", **flags_of(entry)}
            elif how is not None and self._is_block(how):
                blocks[entry.name] = self._nested(entry, how, f"{place}.{entry.name}")
            else:
                attributes[entry.name] = self._attribute(entry, how, f"{place}.{entry.name}")
        block: Json = {}
        if attributes:
            block["attributes"] = attributes
        if blocks:
            block["block_types"] = blocks
        return block

    def _written_only(self, written: dict[str, Written], place: str) -> Json:
        """The `provider` block, whose values cannot be read: how it is written says what it takes."""
        attributes: Json = {}
        blocks: Json = {}
        for name, how in written.items():
            if name == "alias":
                continue  # Terraform's own
            if self._is_block(how):
                struct = re.sub(r"List$", "", how.storage)
                inner = self._written_only(self._source.writers[first_lower(struct)], f"{place}.{name}")
                blocks[name] = {"nesting_mode": how.kind, "block": inner}
                if "listMapper" not in how.value:
                    blocks[name]["max_items"] = 1
            else:
                attributes[name] = {"type": self._storage_type(how, f"{place}.{name}"), "optional": True}
        return {"attributes": attributes, "block_types": blocks}

    @staticmethod
    def _is_block(how: Written) -> bool:
        """A list of objects is a block where the mapper's second argument says so; `isBlock` is true for both."""
        return how.is_block and not how.value.partition("listMapperHcl(")[2].partition(", ")[2].startswith("false")

    def _is_open(self, entry: Entry, how: Written) -> bool:
        """Whether nothing can be told of it, not even whether it is a block: an attribute of any type takes both."""
        if how.storage == "any" or entry.member is None:
            return how.storage == "any"  # deeper than the generator goes
        if how.kind in ("struct", "map") and how.is_block and entry.name != "timeouts":
            return True  # an object: one nested block and an attribute look the same
        # The generator writes one class for what the provider repeats to a depth that nothing says.
        return re.sub(r"(OutputReference|List|Map)$", "", entry.member.class_name) in self._open

    def _nested(self, entry: Entry, how: Written, place: str) -> Json:
        nested: Json = {"nesting_mode": "list"}
        if entry.member is None:
            raise UnknownStructure(f"{place} is a block without a class")
        name = entry.member.class_name
        struct = re.sub(r"(OutputReference|List|Map)$", "", name)
        inner = self._class(struct + "OutputReference", place)
        nested["nesting_mode"] = "single" if how.kind == "struct" else how.kind
        if name.endswith("OutputReference") and how.kind != "struct":
            if not inner.one_of_list:
                raise UnknownStructure(f"{place} is neither an object nor the one item of a list")
            nested["max_items"] = 1
        if entry.flags.required and how.kind != "struct":
            nested["min_items"] = 1
        written = self._source.writers.get(first_lower(struct), {})
        self._open.append(struct)
        nested["block"] = self._block(inner.entries(), written, place)
        self._open.pop()
        return nested

    def _attribute(self, entry: Entry, how: Written | None, place: str) -> Json:
        attribute: Json = {"type": self._type(entry, how, place), **flags_of(entry)}
        if how is not None and "markWriteOnlyAttribute(" in how.value:
            attribute["write_only"] = True
        return attribute

    def _type(self, entry: Entry, how: Written | None, place: str) -> Any:
        getter = re.sub(r"\b(?:cdktn|cdktf)\.", "", entry.getter)
        for said, value_type in GETTERS.items():
            if getter.startswith(f"{said}("):
                return value_type
        if entry.member:
            return self._member_type(entry.member, place)
        if "interpolationForAttribute(" in getter:
            return self._storage_type(how, place)
        raise UnknownStructure(f"{place}: {entry.getter or 'no getter'}")

    def _member_type(self, member: Member, place: str) -> Any:
        name = member.class_name
        if member.of_library:
            if name in LIBRARY:
                return LIBRARY[name]
            raise UnknownStructure(f"{place}: {name} of the library")
        inner = self._class(re.sub(r"(OutputReference|List|Map)$", "", name) + "OutputReference", place)
        fields = {each.name: self._type(each, None, f"{place}.{each.name}") for each in inner.entries()}
        if name.endswith("OutputReference"):
            return ["list", ["object", fields]] if inner.one_of_list else ["object", fields]
        kind = "map" if name.endswith("Map") else "set" if member.wraps_set else "list"
        return [kind, ["object", fields]]

    @staticmethod
    def _storage_type(how: Written | None, place: str) -> Any:
        """A type that only its storage says, such as `stringListMap`; a type of an output that is nowhere said is any."""
        if how is None or how.storage == "any":
            return "dynamic"
        if how.value.count("listMapperHcl(") > 1:
            return [how.kind, "dynamic"]  # the inner one may be a list or a set
        parts = re.findall(r"^[a-z]+|[A-Z][a-z]+", how.storage)
        if not parts or parts[0] not in SCALARS or any(part not in ("List", "Map") for part in parts[1:]):
            raise UnknownStructure(f"{place}: stored as {how.storage}")
        value_type: Any = SCALARS[parts[0]]
        for number, part in enumerate(parts[1:], 2):
            outermost = number == len(parts)
            value_type = ["set" if outermost and how.kind == "set" else part.lower(), value_type]
        return value_type

    def _class(self, name: str, place: str) -> Class:
        if name not in self._source.classes:
            raise UnknownStructure(f"{place}: there is no class {name}")
        return self._source.classes[name]


def schema_of(library: Path) -> Json:
    """The provider's schema out of the package's folder of types."""
    provider: Json = {
        "provider": {},
        "resource_schemas": {},
        "data_source_schemas": {},
        "ephemeral_resource_schemas": {},
    }
    functions: set[str] = set()
    for folder in sorted(path for path in library.iterdir() if path.is_dir()):
        text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.js")))
        functions.update(FUNCTION.findall(text))
        source = Source(text)
        for of in source.classes.values():
            if of.base in TOP_LEVEL:
                block = {"block": Reader(source).top_level(of)}
                if of.base == "TerraformProvider":
                    provider["provider"] = block
                else:
                    provider[TOP_LEVEL[of.base]][of.type_name] = block
    provider["functions"] = {name: {} for name in sorted(functions)}
    return provider


def counted(found: Json, real: Json) -> dict[str, int]:
    """What of a schema that Terraform printed is lost or different, by kind of difference."""
    counts: dict[str, int] = {}

    def note(kind: str) -> None:
        counts[kind] = counts.get(kind, 0) + 1

    def attribute(one: Json, other: Json) -> None:
        note("attributes")
        if one["type"] != other["type"]:
            note("type: cannot be told" if "dynamic" in json.dumps(one["type"]) else "type: different")
        given = [flag for flag in ("required", "optional") if one.get(flag, False) != other.get(flag, False)]
        if given:
            note("required or optional: different")
        for flag in ("computed", "write_only", "sensitive", "deprecated"):
            if one.get(flag, False) != other.get(flag, False):
                note(f"{flag}: {'lost' if other.get(flag, False) else 'only here'}")

    def nested(one: Json, other: Json) -> None:
        note("blocks")
        if one["nesting_mode"] != other["nesting_mode"]:
            note("nesting: different")
        for limit, shown in (("min_items", 1), ("max_items", 1)):
            wanted, has = other.get(limit, 0), one.get(limit, 0)
            if wanted != has:
                note(f"{limit}: {'lost' if has == 0 or wanted > shown else 'different'}")
        block(one["block"], other["block"])

    def block(one: Json, other: Json) -> None:
        ours, theirs = (
            {
                **{name: (False, it) for name, it in side.get("attributes", {}).items()},
                **{name: (True, it) for name, it in side.get("block_types", {}).items()},
            }
            for side in (one, other)
        )
        for name in sorted({*ours, *theirs}):
            if name not in ours or name not in theirs:
                note("name: missing" if name in theirs else "name: only here")
                continue
            (is_block, mine), (was_block, its) = ours[name], theirs[name]
            if is_block and was_block:
                nested(mine, its)
            elif not is_block and not was_block:
                attribute(mine, its)
            else:
                note(
                    "block or attribute: cannot be told"
                    if mine.get("type") == "dynamic"
                    else "block or attribute: different"
                )

    for kind in ("resource_schemas", "data_source_schemas", "ephemeral_resource_schemas"):
        for name in sorted({*found[kind], *real[kind]}):
            if name in found[kind] and name in real[kind]:
                note("types")
                block(found[kind][name]["block"], real[kind][name]["block"])
            else:
                note(f"types: {'missing' if name in real[kind] else 'only here'}")
    block(found["provider"]["block"], real["provider"]["block"])
    return counts


def unpacked(package: str, integrity: str, folder: Path) -> Path:
    """Downloads a package, checks it against its recorded hash, and unpacks it."""
    printed = subprocess.run(
        ["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.split()
    archive = folder / printed[-1]
    algorithm, _, expected = integrity.partition("-")
    found = base64.b64encode(hashlib.new(algorithm, archive.read_bytes()).digest()).decode()
    if found != expected:
        sys.exit(f"{package} is not what was recorded: {algorithm}-{found} is not {integrity}")
    with tarfile.open(archive) as content:
        content.extractall(folder, filter="data")
    return folder / "package"


def main() -> None:
    """Prints the schema with the version of the provider that the package names."""
    parser = argparse.ArgumentParser(description="Prints the types of a provider out of an npm package.")
    parser.add_argument("package", help="name and version, such as @cdktn/provider-aws@25.7.0")
    parser.add_argument("--integrity", required=True, help="the package's hash in the registry's form")
    parser.add_argument(
        "--against", type=Path, help="count what differs from what `terraform providers schema -json` printed"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        package = unpacked(arguments.package, arguments.integrity, Path(folder))
        described = json.loads((package / "package.json").read_text(encoding="utf-8"))
        named = (described.get("cdktn") or described["cdktf"])["provider"]
        if arguments.against:
            real = json.loads(arguments.against.read_text(encoding="utf-8"))["provider_schemas"][named["name"]]
            for kind, count in sorted(counted(schema_of(package / "lib"), real).items()):
                print(f"{kind}\t{count}")
            return
        document = {"format_version": "1.0", "provider_schemas": {named["name"]: schema_of(package / "lib")}}
        print(json.dumps({"provider_version": named["version"], "schema": document}))


if __name__ == "__main__":
    main()
