"""What protoc and its gRPC plugin write, as shapes: from grpcio-tools 1.64 (protobuf 5.26) to 1.85 (7.35)."""

from __future__ import annotations

from protoctl.kit.python_shapes import Grammar

MESSAGES = Grammar(
    module='''
"""Generated protocol buffer code."""
from google.protobuf import descriptor as _descriptor
from google.protobuf import descriptor_pool as _descriptor_pool
from google.protobuf import runtime_version as _runtime_version
from google.protobuf import symbol_database as _symbol_database
from google.protobuf.internal import builder as _builder
_runtime_version.ValidateProtobufRuntimeVersion(
    _runtime_version.Domain.PUBLIC, NUMBER_, NUMBER_, NUMBER_, TEXT_, TEXT_)
_sym_db = _symbol_database.Default()
try:
    NAME__pb2 = NAME__pb2.NAME__pb2
except AttributeError:
    NAME__pb2 = DOTTED_
DESCRIPTOR = _descriptor_pool.Default().AddSerializedFile(BYTES_)
_globals = globals()
_builder.BuildMessageAndEnumDescriptors(DESCRIPTOR, _globals)
_builder.BuildTopDescriptorsAndMessages(DESCRIPTOR, TEXT_, _globals)
_builder.BuildServices(DESCRIPTOR, TEXT_, _globals)
if not _descriptor._USE_C_DESCRIPTORS:
    OPTIONS
''',
    blocks={
        "OPTIONS": """
DESCRIPTOR._loaded_options = None
DESCRIPTOR._serialized_options = BYTES_
DECLARED._loaded_options = None
DECLARED._serialized_options = BYTES_
DECLARED._serialized_start = NUMBER_
DECLARED._serialized_end = NUMBER_
"""
    },
    expressions={"DECLARED": "_globals[TEXT_]\nDECLARED.KIND_s_by_name[TEXT_]"},
    words={"KIND_": "field|oneof|value|method|extension"},
)
"""`_pb2.py`, but for imports of other protos' modules."""
GRPC = Grammar(
    module='''
"""Client and server classes corresponding to protobuf-defined services."""
import grpc
import warnings
GRPC_GENERATED_VERSION = TEXT_
GRPC_VERSION = grpc.__version__
EXPECTED_ERROR_RELEASE = TEXT_
SCHEDULED_RELEASE_DATE = TEXT_
_version_not_supported = False
try:
    from grpc._utilities import first_version_is_lower
    _version_not_supported = first_version_is_lower(GRPC_VERSION, GRPC_GENERATED_VERSION)
except ImportError:
    _version_not_supported = True
if _version_not_supported:
    raise RuntimeError(MESSAGE_)
if _version_not_supported:
    warnings.warn(MESSAGE_, RuntimeWarning)
class NAME_Stub(object):
    STUB
class NAME_Stub:
    STUB
class NAME_Servicer(object):
    SERVICER
class NAME_Servicer:
    SERVICER
def add_NAME_Servicer_to_server(servicer, server):
    REGISTRATION
class NAME_(object):
    CALLS
class NAME_:
    CALLS
''',
    blocks={
        "STUB": "TEXT_\ndef __init__(self, channel):\n    MEMBERS",
        "MEMBERS": """
TEXT_
self.NAME_ = channel.KIND_(
    TEXT_, request_serializer=DOTTED_.SerializeToString, response_deserializer=DOTTED_.FromString,
    _registered_method=True)
""",
        "SERVICER": "TEXT_\npass\ndef NAME_(self, INPUT_, context):\n    UNIMPLEMENTED",
        "UNIMPLEMENTED": """
TEXT_
context.set_code(grpc.StatusCode.UNIMPLEMENTED)
context.set_details('Method not implemented!')
raise NotImplementedError('Method not implemented!')
""",
        "REGISTRATION": """
rpc_method_handlers = {TEXT_: HANDLER}
rpc_method_handlers = {}
generic_handler = grpc.method_handlers_generic_handler(TEXT_, rpc_method_handlers)
server.add_generic_rpc_handlers((generic_handler,))
server.add_registered_method_handlers(TEXT_, rpc_method_handlers)
""",
        "CALLS": """
TEXT_
pass
@staticmethod
def NAME_(INPUT_, target, options=(), channel_credentials=None, call_credentials=None, insecure=False,
          compression=None, wait_for_ready=None, timeout=None, metadata=None):
    CALL
""",
        "CALL": """
return grpc.experimental.KIND_(
    INPUT, target, TEXT_, DOTTED_.SerializeToString, DOTTED_.FromString, options, channel_credentials, insecure,
    call_credentials, compression, wait_for_ready, timeout, metadata, _registered_method=True)
""",
    },
    expressions={
        "HANDLER": """
grpc.KIND__rpc_method_handler(
    servicer.NAME_, request_deserializer=DOTTED_.FromString, response_serializer=DOTTED_.SerializeToString)
""",
        "INPUT": "request\nrequest_iterator",
    },
    words={"KIND_": "(?:unary|stream)_(?:unary|stream)", "INPUT_": "request(?:_iterator)?"},
)
"""`_pb2_grpc.py`, but for imports of protos' modules."""
