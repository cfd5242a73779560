"""Calls the inventory service, as a consumer of some minor version of its stubs writes it; prints what came back.

Not imported by tests: test_team.py starts it in an environment of its own.
"""

from __future__ import annotations

import sys

import grpc
from acme.common.v1.money_pb2 import Money
from acme.inventory.v1.inventory_service_pb2 import GetItemRequest, ImportRequest
from acme.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from acme.inventory.v1.item_pb2 import Item

KNOWS = "is_estimate" in Money.DESCRIPTOR.fields_by_name
ESTIMATE = {"is_estimate": True} if KNOWS else {}
channel = grpc.insecure_channel(sys.argv[1])
stub = InventoryServiceStub(channel)


def show(sku: str) -> Item:
    """Print an item of the server's, and give it."""
    item = stub.GetItem(GetItemRequest(sku=sku), timeout=30).item
    estimate = str(getattr(item.price, "is_estimate")).lower() if KNOWS else "unknown"  # noqa: B009
    print(f"{item.name}: {item.price.units} {item.price.currency_code}, estimate {estimate}")  # noqa: T201
    return item


mine = Item(sku="TEA", name="Tea", price=Money(currency_code="EUR", units=4, **ESTIMATE))
stub.Import(iter([ImportRequest(item=mine)]), timeout=30)
show("TEA")
copy = show("CUP")
copy.sku = "COPY"
answer = stub.Import(iter([ImportRequest(item=copy)]), timeout=30)
print(f"copied: {dict(answer.errors)}")  # noqa: T201
channel.close()  # else gRPC may not let the process end
