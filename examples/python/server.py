"""The inventory service in Python, on asyncio: all four kinds of RPC.

Usage: python server.py [PORT]
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import grpc
from acme.inventory.v1.inventory_service_pb2 import (
    CountRequest,
    CountResponse,
    GetItemRequest,
    GetItemResponse,
    ImportRequest,
    ImportResponse,
    ListItemsRequest,
    ListItemsResponse,
    WatchStockRequest,
    WatchStockResponse,
)
from acme.inventory.v1.inventory_service_pb2_grpc import (
    InventoryServiceServicer,
    add_InventoryServiceServicer_to_server,
)
from acme.inventory.v1.item_pb2 import Item
from acme.inventory.v1.stock_pb2 import Movement, Stock

Context = grpc.aio.ServicerContext[Any, Any]
FEW = 5


class Inventory(InventoryServiceServicer):
    """Keeps items in memory."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.quantities: dict[str, int] = {}
        self.watchers: dict[str, list[asyncio.Queue[WatchStockResponse]]] = {}

    def stock(self, sku: str) -> Stock:
        stock = Stock(sku=sku, quantity=self.quantities[sku])
        stock.time.GetCurrentTime()
        return stock

    async def require(self, sku: str, context: Context) -> None:
        if sku not in self.items:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"there is no item {sku}")

    async def GetItem(self, request: GetItemRequest, context: Context) -> GetItemResponse:
        await self.require(request.sku, context)
        return GetItemResponse(item=self.items[request.sku], stock=self.stock(request.sku))

    async def ListItems(self, request: ListItemsRequest, context: Context) -> ListItemsResponse:
        items = [self.items[sku] for sku in sorted(self.items)]
        if request.HasField("class"):  # a Python keyword: request.class is a syntax error
            items = [item for item in items if getattr(item, "class") == getattr(request, "class")]
        response = ListItemsResponse(items=items)
        response.page.total = len(response.items)
        return response

    async def WatchStock(self, request: WatchStockRequest, context: Context) -> AsyncIterator[WatchStockResponse]:
        await self.require(request.sku, context)
        changes: asyncio.Queue[WatchStockResponse] = asyncio.Queue()
        watchers = self.watchers.setdefault(request.sku, [])
        watchers.append(changes)
        try:
            yield WatchStockResponse(stock=self.stock(request.sku))
            while True:
                yield await changes.get()
        finally:  # the client went away
            watchers.remove(changes)

    async def Import(self, requests: AsyncIterator[ImportRequest], context: Context) -> ImportResponse:
        response = ImportResponse()
        async for request in requests:
            sku = request.item.sku
            if not sku:
                response.errors[sku] = "an item needs a sku"
            elif sku in self.items:
                response.replaced += 1
            else:
                response.created += 1
                self.quantities[sku] = 0
            if sku:
                self.items[sku] = request.item
        return response

    async def Count(self, requests: AsyncIterator[CountRequest], context: Context) -> AsyncIterator[CountResponse]:
        async for request in requests:
            await self.require(request.sku, context)
            self.quantities[request.sku] += request.difference
            movement = Movement(sku=request.sku, quantity=abs(request.difference))
            for changes in self.watchers.get(request.sku, []):
                changes.put_nowait(WatchStockResponse(stock=self.stock(request.sku), movement=movement))
            yield CountResponse(stock=self.stock(request.sku), hint=hint(self.quantities[request.sku]))


def hint(quantity: int) -> "CountResponse.Hint.ValueType":
    if quantity < 0:
        return CountResponse.HINT_RECOUNT
    return CountResponse.HINT_REFILL if quantity < FEW else CountResponse.HINT_UNSPECIFIED


async def serve(port: int) -> None:
    server = grpc.aio.server()
    add_InventoryServiceServicer_to_server(Inventory(), server)
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    print(f"listening on 127.0.0.1:{port}", flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 50051))
