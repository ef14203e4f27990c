import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import test, { type ExecutionContext } from "ava";
import { loadTest } from "../../src/api/load-test.ts";
import type { Generators } from "../../src/generator/generators.ts";

const never = (): Promise<never> => new Promise(() => {});

/** An echo: its handshake is one too. @returns Its port. */
async function echo(t: ExecutionContext): Promise<number> {
  const server = createServer((socket) => socket.pipe(socket).on("error", () => {}));
  t.teardown(() => server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A scenario of a second. */
const idleFor = (port: number) => ({
  targets: { client: `127.0.0.1:${port}` },
  torrents: { payload: { size: "1MiB" } },
  groups: { idle: { behaviour: "idle" as const, count: 1 } },
  phases: { all: "1s" },
});

test("a stopped run has a result though neither its preparation nor its generators end", async (t) => {
  const port = await echo(t);
  const stop = new AbortController();
  const generators: Generators = {
    facts: [],
    unheard: new Map(),
    prepare: () => {
      stop.abort();
      return never();
    },
    begin: () => {},
    end: never,
    [Symbol.asyncDispose]: never,
  };
  const { outcome, seconds } = await loadTest(idleFor(port), {
    signal: stop.signal,
    generators: () => generators,
  });
  t.deepEqual([outcome.kind, seconds], ["stopped", []]);
});

test("a run whose last windows cannot be had fails, though its phases are over", async (t) => {
  const port = await echo(t);
  const generators: Generators = {
    facts: [],
    unheard: new Map(),
    prepare: () => Promise.resolve(),
    begin: () => {},
    end: () => Promise.reject(new Error("no windows")),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const run = loadTest(idleFor(port), { generators: () => generators });
  await t.throwsAsync(run, { message: "no windows" });
});
