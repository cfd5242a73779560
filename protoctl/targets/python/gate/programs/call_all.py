"""Calls every method of every service through a server in this process, by blocking and by asyncio stubs.

Request: {"services": [{"grpc": dotted name of the module with stubs, "service": name, "methods": [{"name",
    "request": [module, path of the class, bytes as hexadecimal digits], "response": likewise,
    "client_streams", "server_streams"}]}]}.
Answer: [{"grpc", "service", "method", "cause"}].
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from concurrent import futures

SECONDS = 20
"""For one call."""
COUNT = 2
"""Messages in a stream."""


def main() -> None:
    """Read the request, call everything, write the answer."""
    request = json.load(sys.stdin)
    answers = sys.stdout
    sys.stdout = sys.stderr
    try:
        import grpc
        import grpc.aio
    except ImportError as error:
        words = str(error)
        faults = [fault(one, "", words) for one in request["services"]]
    else:
        faults = call_blocking(grpc, request["services"])
        faults += asyncio.run(call_async(grpc, request["services"]))
    json.dump(faults, answers)


def fault(service: dict, method: str, cause: str) -> dict:
    """Give one fault of the answer."""
    return {"grpc": service["grpc"], "service": service["service"], "method": method, "cause": cause}


def example(module: str, path: str, data: str):
    """Give a message that may be sent."""
    return load(module, path).FromString(bytes.fromhex(data))


def load(module: str, path: str):
    """Give a class by its module and its path within."""
    found = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found


def blocking_servicer(service: dict) -> object:
    """Give an object whose methods answer with empty messages."""
    members = {method["name"]: blocking_answer(method) for method in service["methods"]}
    return type("Servicer", (load(service["grpc"], service["service"] + "Servicer"),), members)()


def blocking_answer(method: dict):
    """Give a method that reads its request and answers."""
    request, response = load(*method["request"][:2]), example(*method["response"])

    def check(requests) -> None:
        for one in requests:
            if type(one) is not request:
                raise TypeError(type(one).__name__)

    def answer(self, received, context):
        check(received if method["client_streams"] else [received])
        return iter([response] * COUNT) if method["server_streams"] else response

    return answer


def async_servicer(service: dict) -> object:
    """Give an object whose coroutines answer with empty messages."""
    members = {method["name"]: async_answer(method) for method in service["methods"]}
    return type("Servicer", (load(service["grpc"], service["service"] + "Servicer"),), members)()


def async_answer(method: dict):
    """Give a coroutine that reads its request and answers."""
    response = example(*method["response"])

    async def drain(received) -> None:
        if method["client_streams"]:
            async for _ in received:
                pass

    async def answer(self, received, context):
        await drain(received)
        return response

    async def stream(self, received, context):
        await drain(received)
        for _ in range(COUNT):
            yield response

    return stream if method["server_streams"] else answer


def register(services: list, servicer, server) -> tuple:
    """Give the services that a server now offers, and faults of the others."""
    ready, faults = [], []
    for service in services:
        try:
            add = load(service["grpc"], "add_" + service["service"] + "Servicer_to_server")
            add(servicer(service), server)
            ready.append(service)
        except Exception as error:  # whatever a caller gets is what is reported
            faults.append(fault(service, "", describe(error)))
    return ready, faults


def call_blocking(grpc, services: list) -> list:
    """Call every method by its blocking stub."""
    server = grpc.server(futures.ThreadPoolExecutor(2))
    ready, faults = register(services, blocking_servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        for service in ready:
            stub = load(service["grpc"], service["service"] + "Stub")(channel)
            for method in service["methods"]:
                try:
                    check_answer(method, blocking_call(stub, method))
                except Exception as error:  # whatever a caller gets is what is reported
                    faults.append(fault(service, method["name"], describe(error)))
    server.stop(None)
    return faults


def blocking_call(stub: object, method: dict) -> list:
    """Give all that a call answers."""
    call = getattr(stub, method["name"])
    request = example(*method["request"])
    answer = call(iter([request] * COUNT) if method["client_streams"] else request, timeout=SECONDS)
    return list(answer) if method["server_streams"] else [answer]


async def call_async(grpc, services: list) -> list:
    """Call every method by its asyncio stub."""
    server = grpc.aio.server()
    ready, faults = register(services, async_servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        for service in ready:
            stub = load(service["grpc"], service["service"] + "Stub")(channel)
            for method in service["methods"]:
                try:
                    check_answer(method, await async_call(stub, method))
                except Exception as error:  # whatever a caller gets is what is reported
                    faults.append(fault(service, method["name"], "asyncio: " + describe(error)))
    await server.stop(None)
    return faults


async def async_call(stub: object, method: dict) -> list:
    """Give all that a call answers."""
    call = getattr(stub, method["name"])
    request = example(*method["request"])
    answer = call(iter([request] * COUNT) if method["client_streams"] else request, timeout=SECONDS)
    return [one async for one in answer] if method["server_streams"] else [await answer]


def check_answer(method: dict, answers: list) -> None:
    """Raise TypeError for answers of another kind or number."""
    wanted = COUNT if method["server_streams"] else 1
    kinds = {type(one) for one in answers}
    if len(answers) != wanted or kinds != {load(*method["response"][:2])}:
        message = f"{len(answers)} answers of {sorted(kind.__name__ for kind in kinds)}"
        raise TypeError(message)


def describe(error: Exception) -> str:
    """Give the kind of an error and its words on one line."""
    return type(error).__name__ + ": " + " ".join(str(error).split())[:500]


main()
