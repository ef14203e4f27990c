// The client beside a real server, at a socket and at a port of this machine.

import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { failureOf } from "../../src/failure.ts";
import { exchange } from "../../src/service-client/http-client.ts";
import { HttpService } from "../../src/service-client/http-service.ts";
import type { ServiceEvent, ServiceTarget } from "../../src/service-client/service-port.ts";
import { freePort } from "../../../../test/support/programs/free-port.ts";
import { temporaryFolder } from "../../../../test/support/files/temporary-folder.ts";
import { SmallService } from "../../../../test/support/web/small-service.ts";
import { rowOf } from "../support/fake-service.ts";

const certificates = new URL("../../../../test/fixtures/certificates/", import.meta.url);
const forever = new AbortController().signal;

function clientAt(target: ServiceTarget, stop: AbortSignal = forever): HttpService {
  return new HttpService(target, stop);
}

function socketAt(path: string): ServiceTarget {
  return { kind: "socket", path, startedBy: "troupe serve" };
}

/** A client of a small service at a socket. */
async function scene(t: ExecutionContext) {
  const folder = temporaryFolder("service-client");
  t.teardown(() => folder[Symbol.dispose]());
  const service = new SmallService();
  t.teardown(() => service.close());
  const path = await service.listen(join(folder.path, "service", "socket"));
  return { service, path, client: clientAt(socketAt(path)) };
}

/** A client of a server that answers every request alike. */
async function clientOf(t: ExecutionContext, listener: RequestListener): Promise<HttpService> {
  const base = await listening(t, createServer(listener));
  return clientAt({ kind: "url", base: `http://${base}`, token: undefined });
}

async function listening(t: ExecutionContext, server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function failureIn(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => "no failure",
    (error: unknown) => {
      const { code, sentence } = failureOf(error);
      return `${code}: ${sentence}`;
    },
  );
}

test("commands run, and their results pass the table's gates", async (t) => {
  const { service, client } = await scene(t);
  const torrent = "b".repeat(40);
  t.is(await client.run("add", { source: torrent }), torrent);
  t.is((await client.run("status", { torrent })).number, 1);
  t.is(await client.run("stop", { torrents: [torrent] }), undefined);
  t.is((await client.run("status", { torrent })).state, "stopped");
  t.deepEqual(
    service.commands.map(([name]) => name),
    ["POST add", "GET status", "POST stop", "GET status"],
  );
});

test("all torrents are listed over pages of 500", async (t) => {
  const { service, client } = await scene(t);
  service.rows = Array.from({ length: 1_001 }, (_, at) =>
    rowOf("0", at, { torrent: String(at).padStart(40, "0") }),
  );
  const { rows, version } = await client.torrents();
  t.is(version, 1);
  t.deepEqual(
    rows.map(({ number }) => number),
    service.rows.map(({ number }) => number),
  );
  t.is(service.authorizations.length, 3);
});

test("an error of the service keeps its code and its sentence", async (t) => {
  const { client } = await scene(t);
  const failure = await failureIn(client.run("status", { torrent: "c".repeat(40) }));
  t.is(failure, "no-torrent: the small service refuses: no-torrent");
});

test("changes come as events until the reader ends the stream", async (t) => {
  const { service, client } = await scene(t);
  const end = new AbortController();
  const seen: ServiceEvent[] = [];
  for await (const event of client.events(end.signal)) {
    seen.push(event);
    if (event.kind === "reset") service.put(rowOf("a", 1));
    if (event.kind === "rows") break;
  }
  const kinds = seen.map(({ kind }) => kind).filter((kind) => kind !== "alive");
  t.deepEqual(kinds, ["open", "reset", "rows"]);
  t.like(seen.at(-1), { kind: "rows", version: 2, rows: [{ number: 1 }], removed: [] });
});

test("passwords and tokens are made, listed and revoked", async (t) => {
  const { client } = await scene(t);
  t.is(await client.setPassword(undefined), "made");
  t.is(await client.setPassword("chosen by me"), undefined);
  t.deepEqual(await client.createToken("phone", "read"), { id: "id-phone", token: "troupe_phone" });
  t.deepEqual(await client.tokens(), [{ id: "id-phone", name: "phone", right: "read" }]);
  await client.revokeToken("id-phone");
  t.deepEqual(await client.tokens(), []);
});

test("a token is sent to an address, below its base path", async (t) => {
  const service = new SmallService();
  t.teardown(() => service.close());
  service.token = "secret";
  const base = `${await service.listen()}/base`;
  const client = clientAt({ kind: "url", base, token: "secret" });
  t.is((await client.torrents()).rows.length, 0);
  t.deepEqual(service.authorizations, ["Bearer secret"]);
  const without = clientAt({ kind: "url", base, token: undefined });
  t.regex(await failureIn(without.torrents()), /^login-needed: /);
});

test("a socket that is missing, stale or a file has no service, and the error names the command that starts one", async (t) => {
  using folder = temporaryFolder("service-client");
  const path = join(folder.path, "socket");
  const missing = await failureIn(clientAt(socketAt(path)).torrents());
  t.is(missing, "no-service: no service is running; `troupe serve` starts one");
  writeFileSync(path, "");
  t.is(await failureIn(clientAt(socketAt(path)).torrents()), missing);
});

test("a port where nobody listens has no service", async (t) => {
  const base = `http://127.0.0.1:${await freePort()}`;
  const client = clientAt({ kind: "url", base, token: undefined });
  t.regex(await failureIn(client.torrents()), /^no-service: no service is listening at http:/);
});

test("a connection that ends without an answer is a failure of the network", async (t) => {
  const client = await clientOf(t, ({ socket }) => socket.destroy());
  t.regex(
    await failureIn(client.torrents()),
    /^service-unreachable: cannot reach the service at http:/,
  );
});

test.serial(
  "a certificate that no authority has signed is refused, whatever the environment says",
  async (t) => {
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    t.teardown(() => delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"]);
    const [cert, key] = ["self-signed.pem", "key.pem"].map((name) =>
      readFileSync(new URL(name, certificates)),
    );
    const server = createTlsServer({ cert, key }, (_, response) => response.end("{}"));
    const base = `https://${await listening(t, server)}`;
    const client = clientAt({ kind: "url", base, token: "secret" });
    t.regex(await failureIn(client.torrents()), /^service-unreachable: .*self-signed certificate/);
  },
);

for (const [title, status, body, failure] of [
  [
    "that is no JSON",
    200,
    "<html>",
    /^service-answer-malformed: .*HTTP status 200 with a text that is no JSON/,
  ],
  ["of another shape", 200, "[]", /^service-answer-malformed: .*another shape/],
  [
    "with a row of another shape",
    200,
    '{"version":1,"torrents":[{"number":1}]}',
    /^service-answer-malformed: /,
  ],
  ["that is a redirect", 302, "{}", /^service-answer-malformed: .*HTTP status 302/],
  ["that is an error without a code", 502, "{}", /^service-answer-malformed: .*HTTP status 502/],
  ["with a code of Node", 500, error("ERR_X"), /^service-failed: the service has failed: no/],
  ["with the code of a bug", 500, error("internal"), /^service-failed: the service has failed: no/],
  [
    "with the sentence of a bug",
    500,
    error("x", "bug: x"),
    /^service-failed: the service has failed: bug: x/,
  ],
  ["with a code that is no word", 400, error("a b"), /^service-failed: /],
  ["with control characters", 400, error("no-torrent", "a\u001b[2Jb"), /^no-torrent: a\S*\[2Jb$/],
] as const) {
  test(`an answer ${title} is refused with a sentence`, async (t) => {
    const client = await clientOf(t, (_, response) => {
      response.writeHead(status, { "Content-Type": "application/json", Location: "/elsewhere" });
      response.end(body);
    });
    const found = await failureIn(client.torrents());
    t.regex(found, failure);
    t.false(found.includes("\u001b"));
  });
}

function error(code: string, message = "no"): string {
  return JSON.stringify({ error: { code, message } });
}

test("fields of a later release are left out", async (t) => {
  const row = { ...rowOf("a", 1), colour: "blue", settings: { labels: ["x"], newer: 1 } };
  const client = await clientOf(t, (_, response) => {
    response.end(JSON.stringify({ version: 1, torrents: [row], newer: true }));
  });
  t.deepEqual((await client.torrents()).rows, [{ ...rowOf("a", 1), settings: { labels: ["x"] } }]);
});

test("an answer of more than 64 MiB is refused", async (t) => {
  const chunk = Buffer.alloc(1_024 ** 2, " ");
  const client = await clientOf(t, (_, response) => {
    // Writes end with an error once the client has closed.
    const more = (failure?: Error | null): void => {
      if (failure === undefined || failure === null) response.write(chunk, more);
    };
    more();
  });
  t.regex(
    await failureIn(client.torrents()),
    /^service-answer-malformed: .*more than 67108864 bytes/,
  );
});

test("a list without an end is given up after 1,000 pages", async (t) => {
  let pages = 0;
  const client = await clientOf(t, (_, response) => {
    pages++;

    response.end(JSON.stringify({ version: 1, torrents: [], cursor: String(pages) }));
  });
  t.regex(await failureIn(client.torrents()), /^service-answer-malformed: .*more than 1000 pages/);
  t.is(pages, 1_000);
});

test("what is no stream of events is refused", async (t) => {
  const client = await clientOf(t, (_, response) => response.end("{}"));
  const read = async (): Promise<void> => {
    for await (const event of client.events(forever)) t.fail(event.kind);
  };
  t.regex(await failureIn(read()), /^service-answer-malformed: .*in place of a stream of events/);
});

test("a service that is silent is given up", async (t) => {
  const server = createServer(() => undefined);
  t.teardown(() => server.closeAllConnections());
  const base = `http://${await listening(t, server)}`;
  const target = { kind: "url", base, token: undefined } as const;
  const failure = await failureIn(exchange(target, { method: "GET", path: "/" }, forever, 20));
  t.is(
    failure,
    `service-unreachable: cannot reach the service at ${base}: no answer within 0.02 s`,
  );
});

test("a stop ends the call with its reason", async (t) => {
  const stop = new AbortController();
  const base = `http://${await listening(
    t,
    createServer(() => stop.abort(new Error("stopped"))),
  )}`;
  const client = clientAt({ kind: "url", base, token: undefined }, stop.signal);
  await t.throwsAsync(client.torrents(), { message: "stopped" });
});
