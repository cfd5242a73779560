// Loads packages by import and by require, all in one process and each alone. It runs from the folder they lie in.
// In: {"packages": [{"module", "code": [[specifier]], "entries": [[specifier]], "data": [specifier]}],
// "others": [package], "alone": whether to load each package alone too};
// specifiers of `code` and `entries` come by the file that they stand for;
// out: [{"module", "specifier", "how", "what", "stack"}], what is wrong.
import { existsSync, readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const require = createRequire(import.meta.url);
const problems = [];
let current = { module: "", specifier: "", how: "" };
const report = (what, stack = "") => problems.push({ ...current, what, stack });
const failed = (error) => report(String(error?.message ?? error).split("\n")[0], String(error?.stack ?? ""));
const turn = () => new Promise((done) => setImmediate(done));

// What a package must leave alone: every global and the prototype of every global class.
const watched = isMainThread ? [globalThis] : [];
for (const key of isMainThread ? Object.getOwnPropertyNames(globalThis) : []) {
  const { value } = Object.getOwnPropertyDescriptor(globalThis, key);
  if (typeof value === "function" && value.prototype) watched.push(value.prototype);
}
const look = () =>
  watched.map((object) => {
    const keys = Reflect.ownKeys(object);
    return new Map(keys.map((key) => [key, Object.getOwnPropertyDescriptor(object, key)]));
  });
const nameOf = (object, key) =>
  `${object === globalThis ? "globalThis" : `${object.constructor?.name}.prototype`}.${String(key)}`;
let seen = look();
const compare = (others) => {
  const now = look();
  now.forEach((keys, at) => {
    for (const [key, { value }] of keys) {
      const before = seen[at].get(key);
      const isTheirs = typeof key === "symbol" && others.some((name) => key.description?.startsWith(`${name}/`));
      if (isTheirs || (before && (!("value" in before) || Object.is(before.value, value)))) continue;
      report(`writes ${nameOf(watched[at], key)}`);
    }
  });
  seen = now;
};

const names = (module) => {
  const synthetic = new Set(["default", "module.exports", "__esModule"]);
  return Object.keys(module).filter((name) => !synthetic.has(name)).sort();
};
const attempt = async (how, specifier) => {
  current = { ...current, specifier, how };
  try {
    return how === "import" ? await import(specifier) : require(specifier);
  } catch (error) {
    failed(error);
    return undefined;
  }
};
// The names of one file: the first is compared in depth, the others have to give the same.
const load = async (module, [first, ...more], others) => {
  current = { module, specifier: first, how: "" };
  const esm = await attempt("import", first);
  const commonjs = await attempt("require", first);
  await turn(); // for warnings
  compare(others);
  if (!esm || !commonjs) return;
  const [left, right] = [names(esm), names(commonjs)];
  const only = (some, rest) => some.filter((name) => !rest.includes(name)).join(", ") || "nothing";
  if (String(left) !== String(right)) {
    report(`import alone gives ${only(left, right)}, require alone ${only(right, left)}`);
  }
  for (const specifier of more) {
    if ((await attempt("import", specifier)) !== esm) report(`is not what ${first} is`);
    if ((await attempt("require", specifier)) !== commonjs) report(`is not what ${first} is`);
  }
};
const find = ({ module, data }) => {
  for (const specifier of data) {
    current = { module, specifier, how: "resolve" };
    try {
      const path = require.resolve(specifier);
      if (!existsSync(path)) report(`resolves to ${path}, which is not there`);
    } catch (error) {
      failed(error);
    }
  }
};
const inWorker = (request) =>
  new Promise((done) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: request });
    let answered = false;
    worker.once("message", (found) => {
      answered = true;
      problems.push(...found);
    });
    const [{ module }] = request.packages;
    worker.once("error", (error) => {
      current = { module, specifier: "", how: "alone" };
      failed(error);
    });
    worker.once("exit", () => {
      current = { module, specifier: "", how: "alone" };
      if (!answered && !problems.some((one) => one.module === module)) report("ends its thread");
      done();
    });
  });

const main = async ({ packages, others }) => {
  for (const other of others) await import(other).catch(() => {}); // those that need it will tell
  seen = look();
  for (const { module, code } of packages) for (const specifiers of code) await load(module, specifiers, others);
  packages.forEach(find);
};
// What was loaded before hides what a module forgot to load itself: each is loaded in a thread of its own.
const eachAlone = async ({ packages, others }) => {
  const queue = packages.map((one) => ({ packages: [{ ...one, code: one.entries, data: [] }], others }));
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await inWorker(next);
  };
  await Promise.all([work(), work()]);
};

process.on("warning", (warning) => report(`warns: ${warning.message}`, String(warning.stack ?? "")));
if (isMainThread) {
  for (const stream of ["stdout", "stderr"]) {
    process[stream].write = (text) => (report(`prints to ${stream}: ${String(text).slice(0, 200)}`), true);
  }
  let isDone = false;
  const end = (code) => {
    if (!isDone) report("ends the process, or waits for what never comes");
    writeSync(1, JSON.stringify(problems));
    process.exitCode = code ? 1 : 0;
  };
  process.on("exit", end);
  process.on("uncaughtException", failed);
  process.on("unhandledRejection", failed);
  const request = JSON.parse(readFileSync(0));
  await main(request);
  if (request.alone && request.packages.length > 1) await eachAlone(request);
  isDone = true;
  process.exit(0); // timers of a package must not keep it
} else {
  await main(workerData);
  parentPort.postMessage(problems);
}
