const encode = (schema) => (value) => {
  const bytes = toBinary(schema, create(schema, value));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};
const decode = (schema) => (bytes) => fromBinary(schema, bytes);
const define = (path, requestStream, responseStream, { input, output }) => ({
  path,
  requestStream,
  responseStream,
  requestSerialize: encode(input),
  requestDeserialize: decode(input),
  responseSerialize: encode(output),
  responseDeserialize: decode(output),
});
{% for service in view.services %}
const {{ service.name }}Service = {
{%- for method in service.methods %}
  {{ method.name }}: define("{{ method.path }}", {{ method.streams_request | lower }}, {{ method.streams_response | lower }}, pb.{{ service.descriptor }}.method.{{ method.descriptor }}),
{%- endfor %}
};
const {{ service.name }}Client = makeClientConstructor({{ service.name }}Service, "{{ service.full_name }}");
{% endfor -%}
