// Calls every method of every service: a server of grpc-js from ESM, a client from CommonJS. It runs from the folder that
// the packages lie in. In: {"services": [{"module", "source", "messages", "service", "descriptor", "methods": [{"name",
// "path", "property", "input", "output", "streamsRequest", "streamsResponse"}]}]}; out: [{"module", "specifier", "how",
// "what", "stack"}], what is wrong.
import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const LIMIT = 20_000; // milliseconds for one call
const TIMES = 2; // messages of a stream
const problems = [];
let current = { module: "", specifier: "", how: "" };
const report = (what, stack = "") => problems.push({ ...current, what, stack });
const failed = (error) => report(String(error?.message ?? error).split("\n")[0], String(error?.stack ?? ""));
const expect = (is, wanted, what) => {
  if (is !== wanted) throw new Error(`${what} is ${is} instead of ${wanted}`);
};

// A value for every plain field, so that what arrives can be compared with what was sent.
const sample = (schema, create) => {
  const message = create(schema);
  for (const field of schema.fields) {
    if (field.fieldKind !== "scalar" || field.oneof) continue;
    const now = message[field.localName];
    if (typeof now === "string") message[field.localName] = field.longAsString ? "7" : `a ${field.name}`;
    else if (typeof now === "number") message[field.localName] = 7;
    else if (typeof now === "bigint") message[field.localName] = 7n;
    else if (typeof now === "boolean") message[field.localName] = true;
  }
  return message;
};
const withLimit = (work) =>
  new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`no end within ${LIMIT} ms`)), LIMIT);
    work.then(done, fail).finally(() => clearTimeout(timer));
  });

const main = async ({ services }) => {
  const { create, equals } = await import("@bufbuild/protobuf");
  const grpc = await import("@grpc/grpc-js");
  const server = new grpc.Server();
  const ready = [];
  const handle = ({ streamsRequest, streamsResponse }, seen, sent) => {
    const answer = (call, callback) => {
      if (!streamsResponse) return callback(null, sent);
      for (let count = 0; count < TIMES; count++) call.write(sent);
      call.end();
    };
    if (!streamsRequest) {
      return (call, callback) => {
        seen.push(call.request);
        answer(call, callback);
      };
    }
    return (call, callback) => {
      call.on("data", (request) => seen.push(request));
      call.on("end", () => answer(call, callback));
    };
  };
  for (const service of services) {
    current = { module: service.module, specifier: service.source, how: "serve" };
    try {
      const [code, messages] = [await import(service.source), await import(service.messages)];
      const Client = require(service.source)[`${service.service}Client`];
      const handlers = {};
      for (const method of service.methods) {
        current.how = `serve ${method.name} of`;
        const { input, output } = messages[service.descriptor].method[method.property];
        expect(input.typeName, method.input, "the request");
        expect(output.typeName, method.output, "the response");
        expect(code[`${service.service}Service`][method.name]?.path, method.path, "the path");
        const [request, response, seen] = [sample(input, create), sample(output, create), []];
        handlers[method.name] = handle(method, seen, response);
        ready.push({ service, method, Client, input, output, request, response, seen });
      }
      if (service.methods.length) server.addService(code[`${service.service}Service`], handlers);
    } catch (error) {
      failed(error);
    }
  }
  const port = await new Promise((done, fail) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, found) =>
      error ? fail(error) : done(found),
    );
  });
  // releases before 1.10 have to be told to start; later ones warn when they are
  if (/^1\.[0-9]\./.test(require("@grpc/grpc-js/package.json").version)) server.start();
  const channel = new grpc.Channel(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {});
  for (const { service, method, Client, input, output, request, response, seen } of ready) {
    current = { module: service.module, specifier: service.source, how: `call ${method.name} of` };
    try {
      const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), { channelOverride: channel });
      const got = await withLimit(call(client, method, request));
      expect(got.length, method.streamsResponse ? TIMES : 1, "the number of responses");
      expect(seen.length, method.streamsRequest ? TIMES : 1, "the number of requests");
      if (!seen.every((one) => equals(input, one, request))) throw new Error("the server sees another request");
      if (!got.every((one) => equals(output, one, response))) throw new Error("the client sees another response");
    } catch (error) {
      failed(error);
    }
  }
  channel.close();
  server.forceShutdown();
};
const call = (client, { name, streamsRequest, streamsResponse }, request) =>
  new Promise((done, fail) => {
    const reply = (error, response) => (error ? fail(error) : done([response]));
    const stream = streamsResponse
      ? streamsRequest ? client[name]() : client[name](request)
      : streamsRequest ? client[name](reply) : client[name](request, reply);
    if (streamsResponse) {
      const got = [];
      stream.on("data", (response) => got.push(response));
      stream.on("error", fail);
      stream.on("end", () => done(got));
    }
    if (streamsRequest) {
      for (let count = 0; count < TIMES; count++) stream.write(request);
      stream.end();
    }
  });

let isDone = false;
for (const stream of ["stdout", "stderr"]) process[stream].write = () => true;
process.on("exit", () => {
  if (!isDone) report("ends the process, or waits for what never comes");
  writeSync(1, JSON.stringify(problems));
});
process.on("warning", (warning) => report(`warns: ${warning.message}`, String(warning.stack ?? "")));
process.on("uncaughtException", failed);
process.on("unhandledRejection", failed);
await main(JSON.parse(readFileSync(0))).catch(failed);
isDone = true;
process.exit(0);
