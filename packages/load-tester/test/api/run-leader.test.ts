import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import test from "ava";
import { loadTest } from "../../src/api/load-test.ts";
import type { Generators } from "../../src/generator/generators.ts";

const never = (): Promise<never> => new Promise(() => {});

test("a stopped run has a result though neither its preparation nor its generators end", async (t) => {
  // An echo is a handshake too.
  const server = createServer((socket) => socket.pipe(socket).on("error", () => {}));
  t.teardown(() => server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
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
  const { outcome, seconds } = await loadTest(
    {
      targets: { client: `127.0.0.1:${port}` },
      torrents: { payload: { size: "1MiB" } },
      groups: { idle: { behaviour: "idle", count: 1 } },
      phases: { all: "1s" },
    },
    { signal: stop.signal, generators: () => generators },
  );
  t.deepEqual([outcome.kind, seconds], ["stopped", []]);
});
