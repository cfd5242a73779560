"""The inventory service, as a consumer of some minor version of its stubs writes it; it prints where it listens.

Not imported by tests: test_team.py starts it in an environment of its own.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import grpc
from acme.common.v1.money_pb2 import Money
from acme.inventory.v1.inventory_service_pb2 import GetItemRequest, GetItemResponse, ImportRequest, ImportResponse
from acme.inventory.v1.inventory_service_pb2_grpc import (
    InventoryServiceServicer,
    add_InventoryServiceServicer_to_server,
)
from acme.inventory.v1.item_pb2 import Item

if TYPE_CHECKING:
    from collections.abc import Iterable

KNOWS = "is_estimate" in Money.DESCRIPTOR.fields_by_name
ESTIMATE = {"is_estimate": True} if KNOWS else {}


class Inventory(InventoryServiceServicer):
    """Has one item, keeps what it is given, and says when a copy came back without a field."""

    def __init__(self) -> None:
        self.items = {"CUP": Item(sku="CUP", name="Cup", price=Money(currency_code="EUR", units=7, **ESTIMATE))}

    def GetItem(self, request: GetItemRequest, context: grpc.ServicerContext) -> GetItemResponse:  # noqa: N802
        """Give an item as it came."""
        del context
        return GetItemResponse(item=self.items[request.sku])

    def Import(self, requests: Iterable[ImportRequest], context: grpc.ServicerContext) -> ImportResponse:  # noqa: N802
        """Keep items."""
        del context
        response = ImportResponse()
        for request in requests:
            self.items[request.item.sku] = request.item
            if KNOWS and request.item.name == "Cup" and not getattr(request.item.price, "is_estimate"):  # noqa: B009
                response.errors[request.item.sku] = "the estimate is lost"
        return response


server = grpc.server(ThreadPoolExecutor())
add_InventoryServiceServicer_to_server(Inventory(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(f"127.0.0.1:{port}", flush=True)  # noqa: T201  for whoever started this
server.wait_for_termination()
