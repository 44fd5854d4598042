"""The stub generator behind the build, the editable install and `scripts/gen`."""

from __future__ import annotations

from pathlib import Path

import pytest

from hatch_build import generate

PROTO = 'syntax = "proto3";\npackage shop.v1;\nmessage Till { string name = 1; }\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "protos/shop/v1").mkdir(parents=True)
    (tmp_path / "protos/shop/v1/till.proto").write_text(PROTO)
    return tmp_path


def stubs(checkout: Path) -> set[str]:
    return {path.name for path in (checkout / "shop/v1").iterdir()}


def test_every_proto_gets_messages_services_and_their_types(checkout: Path) -> None:
    generate(checkout)
    assert stubs(checkout) == {"till_pb2.py", "till_pb2.pyi", "till_pb2_grpc.py", "till_pb2_grpc.pyi"}


def test_only_what_differs_is_written(checkout: Path) -> None:
    generate(checkout)
    assert generate(checkout) == []
    (checkout / "shop/v1/till_pb2.pyi").write_text("edited by hand")
    assert generate(checkout) == [checkout / "shop/v1/till_pb2.pyi"]


def test_the_stubs_of_a_proto_that_is_gone_go_too_and_other_files_stay(checkout: Path) -> None:
    generate(checkout)
    (checkout / "shop/v1/__init__.py").touch()
    (checkout / "protos/shop/v1/till.proto").rename(checkout / "protos/shop/v1/register.proto")
    generate(checkout)
    expected = {"register_pb2.py", "register_pb2.pyi", "register_pb2_grpc.py", "register_pb2_grpc.pyi", "__init__.py"}
    assert stubs(checkout) == expected


def test_a_proto_with_an_error_leaves_the_old_stubs_alone(checkout: Path) -> None:
    generate(checkout)
    before = (checkout / "shop/v1/till_pb2.py").read_bytes()
    (checkout / "protos/shop/v1/till.proto").write_text(PROTO + "message Till {}\n")
    with pytest.raises(RuntimeError, match="protoc refused"):
        generate(checkout)
    assert (checkout / "shop/v1/till_pb2.py").read_bytes() == before
