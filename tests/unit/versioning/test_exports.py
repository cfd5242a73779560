"""What generated Python code hands on."""

from __future__ import annotations

from compiled import compile_texts

from protoctl.model.change import Effect
from protoctl.versioning.exports import declared_names, hiding, public_reach

HEAD = 'syntax = "proto3"; package acme;'


def test_public_imports() -> None:
    """Public imports hand on what others declare; what comes through a second one is in no stub."""
    schema = compile_texts(
        {
            "a.proto": f'{HEAD} import public "b.proto"; message A {{ message Within {{}} }}',
            "b.proto": f'{HEAD} import public "c.proto"; import "d.proto"; message B {{ D d = 1; }}',
            "c.proto": f"{HEAD} enum C {{ C_A = 0; }} message M {{}} service S {{ rpc Get(M) returns (M); }}",
            "d.proto": f"{HEAD} message D {{}}",
        }
    )
    assert public_reach(schema, "a.proto") == {"a.proto", "b.proto", "c.proto"}
    assert public_reach(schema, "gone.proto") == set()
    effects = [hiding(schema, "a.proto", other) for other in ("a.proto", "b.proto", "c.proto", "d.proto", "gone.proto")]
    assert effects == [Effect.SAFE, Effect.SAFE, Effect.CONDITIONAL, Effect.BREAK, Effect.BREAK]
    assert [declared_names(schema, path) for path in ("a.proto", "c.proto")] == [{"A"}, {"C", "M"}]
