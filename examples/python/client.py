"""Calls the inventory service in Python: all four kinds of RPC.

Usage: python client.py [ADDRESS]
"""

import sys

import grpc
from acme.common.v1.money_pb2 import Money
from acme.inventory.v1.inventory_service_pb2 import (
    CountRequest,
    CountResponse,
    GetItemRequest,
    ImportRequest,
    ListItemsRequest,
    WatchStockRequest,
)
from acme.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from acme.inventory.v1.item_pb2 import STORAGE_CLASS_AMBIENT, Item

ITEMS = [
    Item(sku="TEA-250", name="Green tea", price=Money(currency_code="EUR", units=4, nanos=900_000_000)),
    Item(sku="CUP-1", name="Cup", price=Money(currency_code="EUR", units=7)),
    Item(name="Nothing"),
]
setattr(ITEMS[0], "class", STORAGE_CLASS_AMBIENT)  # a Python keyword: ITEMS[0].class is a syntax error
SCANS = [("TEA-250", 12), ("TEA-250", -9), ("CUP-1", -1)]
SECONDS = 10


def import_items(stub: InventoryServiceStub) -> None:
    """Many requests, one response."""
    response = stub.Import((ImportRequest(item=item) for item in ITEMS), timeout=SECONDS)
    print(f"import: {response.created} new, {response.replaced} replaced")
    for sku, reason in response.errors.items():
        print(f"import: left out '{sku}': {reason}")


def get_item(stub: InventoryServiceStub, sku: str) -> None:
    """One request, one response."""
    try:
        item = stub.GetItem(GetItemRequest(sku=sku), timeout=SECONDS).item
    except grpc.RpcError as error:
        print(f"get: {error.code().name}: {error.details()}")
    else:
        print(f"get: {item.name}, {item.price.units}.{item.price.nanos // 10_000_000:02} {item.price.currency_code}")


def list_items(stub: InventoryServiceStub) -> None:
    """One request, one response."""
    request = ListItemsRequest()
    response = stub.ListItems(request, timeout=SECONDS)
    print(f"list: {', '.join(item.sku for item in response.items)} of {response.page.total}")
    setattr(request, "class", STORAGE_CLASS_AMBIENT)
    response = stub.ListItems(request, timeout=SECONDS)
    print(f"list ambient: {', '.join(item.sku for item in response.items)}")


def count(stub: InventoryServiceStub) -> None:
    """Many requests, many responses, while another call watches."""
    watched = stub.WatchStock(WatchStockRequest(sku="TEA-250"), timeout=SECONDS)
    print(f"watch: {next(watched).stock.quantity}")
    scans = (CountRequest(sku=sku, difference=difference) for sku, difference in SCANS)
    for response in stub.Count(scans, timeout=SECONDS):
        hint = CountResponse.Hint.Name(response.hint)
        print(f"count: {response.stock.sku} {response.stock.quantity} {hint}")
    for _ in range(2):
        change = next(watched)
        print(f"watch: {change.stock.quantity}, {change.movement.quantity} moved")
    watched.cancel()


if __name__ == "__main__":
    with grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051") as channel:
        service = InventoryServiceStub(channel)
        import_items(service)
        get_item(service, "TEA-250")
        get_item(service, "COFFEE-500")
        list_items(service)
        count(service)
