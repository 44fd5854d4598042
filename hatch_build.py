"""Generates the gRPC stubs from `protos/`: as hatchling's build hook for wheels and editable installs, and by hand.

The proto package is named like the Python package, so that generated imports need no rewriting. The stubs are not checked in:
a stub that can be stale will be. `scripts/gen` runs this file directly.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OUTPUTS = ("--python_out=", "--grpc_python_out=", "--mypy_out=quiet:", "--mypy_grpc_out=quiet:")
PLUGINS = ("protoc-gen-mypy", "protoc-gen-mypy_grpc")
PATTERNS = ("*_pb2.py", "*_pb2.pyi", "*_pb2_grpc.py", "*_pb2_grpc.pyi")


class StubsHook(BuildHookInterface[Any]):
    """Makes sure that a wheel holds, and an editable install finds, stubs of exactly the protos beside them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects the files of a build of either kind."""
        generate(Path(self.root))


def generate(root: Path) -> list[Path]:
    """Writes the stubs of every proto below `root/protos` into the packages below `root`; returns those that changed.

    Stubs are generated aside and only moved where they differ: a process that imports them meanwhile never sees half a file, and
    caches keyed by modification time stay warm. Stubs whose proto is gone are removed. Raises RuntimeError when protoc refuses.
    """
    protos = root / "protos"
    with tempfile.TemporaryDirectory(prefix="branchgate-stubs-") as scratch:
        fresh = Path(scratch)
        _protoc(protos, sorted(protos.rglob("*.proto")), fresh)
        wanted = {path.relative_to(fresh) for path in fresh.rglob("*.py*")}
        folders = {root / path.parent for path in wanted}
        found = {path for folder in folders for form in PATTERNS for path in folder.glob(form)}
        for stale in found - {root / path for path in wanted}:
            stale.unlink()
        return [root / path for path in sorted(wanted) if _moved(fresh / path, root / path)]


def _protoc(protos: Path, files: list[Path], out: Path) -> None:
    from grpc_tools import protoc

    spec = importlib.util.find_spec("grpc_tools")
    if spec is None or spec.origin is None:
        raise RuntimeError("grpcio-tools is not installed beside the build backend")
    well_known = Path(spec.origin).parent / "_proto"
    plugins = [f"--plugin={name}={_program(name)}" for name in PLUGINS]
    outputs = [f"{option}{out}" for option in OUTPUTS]
    if protoc.main(["protoc", f"-I{protos}", f"-I{well_known}", *plugins, *outputs, *map(str, files)]):
        raise RuntimeError(f"protoc refused the protos below {protos}; its reason is printed above")


def _program(name: str) -> str:
    """The path of a protoc plugin: an isolated build has it on PATH, a build inside an environment beside the interpreter."""
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        raise RuntimeError(f"{name} is not installed; it comes with mypy-protobuf")
    return found


def _moved(source: Path, target: Path) -> bool:
    if target.exists() and target.read_bytes() == source.read_bytes():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, beside)
    beside.replace(target)
    return True


if __name__ == "__main__":
    changed = generate(Path(__file__).resolve().parent)
    print("\n".join(str(path) for path in changed) if changed else "stubs are up to date", file=sys.stderr)
