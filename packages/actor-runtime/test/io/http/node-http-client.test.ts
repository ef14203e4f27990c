import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSocketServer, type AddressInfo, type Socket } from "node:net";

import test, { type ExecutionContext } from "ava";

import { NodeHttp, type NodeHttpServices } from "../../../src/io/http/node-http.ts";
import type { HttpClient, HttpClientOptions, HttpHead } from "../../../src/ports/http.ts";
import type { HttpExchange, HttpRequest } from "../../../src/ports/http.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const usual: HttpRequest = { headDeadlineMs: 20_000, maxBodyBytes: 100_000 };

/** Serves `answer`; its connections are cut when the test ends. */
async function serve(t: ExecutionContext, answer: Answer, host = "127.0.0.1") {
  let connections = 0;
  const server = createServer(answer).on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  return { origin, connections: () => connections };
}

/** A server that speaks no HTTP of its own. */
async function serveRaw(t: ExecutionContext, accept: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    accept(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function openClient(
  t: ExecutionContext,
  services: NodeHttpServices = {},
  options: Partial<HttpClientOptions> = {},
): Promise<HttpClient> {
  const http = new NodeHttp(services);
  const client = await http.openClient({ allow: "any", maxConnections: 2, ...options });
  t.teardown(() => client.close());
  return client;
}

interface Seen {
  readonly head?: HttpHead;
  readonly text: string;
  readonly error?: Error & { readonly code?: string };
}

/** @param onBytes Called with the length so far. */
function fetchFrom(
  client: HttpClient,
  url: string,
  request: Partial<HttpRequest> = {},
  onBytes: (exchange: HttpExchange, lengthBytes: number) => void = () => {},
): Promise<Seen> {
  return new Promise((resolve) => {
    let head: HttpHead | undefined;
    let text = "";
    const exchange = client.open(
      url,
      { ...usual, ...request },
      {
        head: (given) => (head = given),
        bytes(chunk) {
          text += Buffer.from(chunk).toString("latin1");
          onBytes(exchange, text.length);
        },
        closed: (error) => resolve({ text, ...(head && { head }), ...(error && { error }) }),
      },
    );
  });
}

test("a range is asked for as it is, and its head and bytes arrive", async (t) => {
  const seen: (string | undefined)[] = [];
  const { origin } = await serve(t, (request, response) => {
    const { range, "accept-encoding": encoding, connection } = request.headers;
    seen.push(range, encoding, connection);
    response.writeHead(206, { "content-range": "bytes 3-6/10" }).end("3456");
  });
  const client = await openClient(t);
  const { head, text, error } = await fetchFrom(client, `${origin}/a%20b`, {
    range: { begin: 3, end: 7 },
  });
  t.is(error, undefined);
  t.is(text, "3456");
  t.like(head, { status: 206, url: `${origin}/a%20b`, remoteHost: "127.0.0.1" });
  t.is(head?.headers["content-range"], "bytes 3-6/10");
  t.deepEqual(seen, ["bytes=3-6", "identity", "keep-alive"]);
});

test("exchanges in turn share a connection, and few are kept", async (t) => {
  const { origin, connections } = await serve(t, (_request, response) => {
    setImmediate(() => response.end("text"));
  });
  const client = await openClient(t);
  for (let round = 0; round < 3; round++) t.is((await fetchFrom(client, origin)).text, "text");
  t.is(connections(), 1);
  const atOnce = () => Promise.all([1, 2, 3, 4].map(() => fetchFrom(client, origin)));
  await atOnce();
  t.is(connections(), 4);
  await atOnce();
  t.is(connections(), 6);
});

test("a kept connection that the server has closed is no failure", async (t) => {
  let connections = 0;
  const origin = await serveRaw(t, (socket) => {
    connections++;
    let requests = 0;
    socket.on("data", () => {
      // Answers once, and cuts the connection at its second request.
      if (++requests > 1) socket.resetAndDestroy();
      else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
  });
  const client = await openClient(t);
  t.is((await fetchFrom(client, origin)).text, "ok");
  const second = await fetchFrom(client, origin);
  t.is(second.error, undefined);
  t.is(second.text, "ok");
  t.is(connections, 2);
});

test("a redirect to a very long URL is followed each time", async (t) => {
  const asked: string[] = [];
  const { origin } = await serve(t, ({ url = "" }, response) => {
    asked.push(url.slice(0, 4));
    if (url === "/old") response.writeHead(302, { location: `/new?${"k".repeat(4_096)}` }).end();
    else response.end("here");
  });
  const client = await openClient(t);
  for (const _time of [1, 2]) t.is((await fetchFrom(client, `${origin}/old`)).text, "here");
  t.deepEqual(asked, ["/old", "/new", "/old", "/new"]);
});

test("a redirect is followed once, and later exchanges go to its target", async (t) => {
  const asked: string[] = [];
  let isGone = false;
  const { origin } = await serve(t, ({ url = "", headers: { range } }, response) => {
    asked.push(`${url} ${range}`);
    if (url === "/old") response.writeHead(302, { location: isGone ? "/newer" : "/new" }).end();
    else if (url === "/new" && isGone) response.writeHead(404).end();
    else response.end("here");
  });
  const client = await openClient(t);
  const range = (begin: number) => ({ range: { begin, end: begin + 1 } });
  const first = await fetchFrom(client, `${origin}/old`, range(0));
  t.is(first.head?.url, `${origin}/new`);
  await fetchFrom(client, `${origin}/old`, range(1));
  isGone = true;
  const third = await fetchFrom(client, `${origin}/old`, range(2));
  t.like(third.head, { status: 200, url: `${origin}/newer` });
  t.deepEqual(asked, [
    "/old bytes=0-0",
    "/new bytes=0-0",
    "/new bytes=1-1",
    "/new bytes=2-2",
    "/old bytes=2-2",
    "/newer bytes=2-2",
  ]);
});

test("no public host redirects to a local address, also when its redirect is remembered", async (t) => {
  const local = await serve(t, (_request, response) => response.end("secret"));
  const { origin } = await serve(
    t,
    (_request, response) => response.writeHead(302, { location: local.origin }).end(),
    "127.0.0.2",
  );
  const client = await openClient(t, { isLocal: (host) => host !== "127.0.0.2" });
  for (let round = 0; round < 2; round++) {
    const { error, text } = await fetchFrom(client, origin);
    t.is(error?.code, "http-redirect-refused");
    t.is(text, "");
  }
});

test("a loop of redirects ends", async (t) => {
  let asked = 0;
  const { origin } = await serve(t, (_request, response) => {
    asked++;
    response.writeHead(302, { location: `/${asked}` }).end();
  });
  const { error } = await fetchFrom(await openClient(t), origin);
  t.is(error?.code, "http-redirect-refused");
  t.is(asked, 6);
});

test("credentials go to their own origin only", async (t) => {
  const seen: (string | undefined)[] = [];
  const target = await serve(t, ({ headers }, response) => {
    seen.push(headers.authorization);
    response.end();
  });
  const { origin } = await serve(t, ({ headers, url }, response) => {
    seen.push(headers.authorization);
    if (url === "/away") response.writeHead(302, { location: target.origin }).end();
    else response.end();
  });
  const client = await openClient(t);
  const named = origin.replace("http://", "http://name:word@");
  const basic = `Basic ${Buffer.from("name:word").toString("base64")}`;
  t.is((await fetchFrom(client, `${named}/here`)).head?.url, `${origin}/here`);
  await fetchFrom(client, `${named}/away`);
  await fetchFrom(client, `${named}/away`);
  t.deepEqual(seen, [basic, basic, undefined, undefined]);
});

const refusedForStrangers = test.macro<[origin: string]>({
  exec: async (t, origin) => {
    const client = await openClient(t, {}, { allow: "internet" });
    const { error, head } = await fetchFrom(client, origin, { headDeadlineMs: 1 });
    t.is(error?.code, "http-redirect-refused");
    t.is(head, undefined);
  },
  title: (_, origin) => `an address that a stranger has named is not asked: ${origin}`,
});

for (const host of ["127.0.0.1", "[::1]", "169.254.169.254", "[fe80::1]", "0.0.0.0", "localhost"]) {
  test(refusedForStrangers, `http://${host}:1/`);
}
test(refusedForStrangers, "http://192.168.1.1:1/reboot?now=1");
test(refusedForStrangers, "http://[fd00::1]:1/?q");

test("a body over the bound is cut there", async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    const more = (): void => void (response.write("x".repeat(60_000)) && setImmediate(more));
    response.on("drain", more);
    more();
  });
  const { text, error } = await fetchFrom(await openClient(t), origin);
  t.is(text.length, usual.maxBodyBytes);
  t.is(error?.code, "http-too-large");
});

test("chunks of a byte are refused", async (t) => {
  const origin = await serveRaw(t, (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    socket.write("1\r\nx\r\n".repeat(100_000));
  });
  const { text, error } = await fetchFrom(await openClient(t), origin);
  t.is(error?.code, "http-failed");
  t.regex(text, /^x+$/);
  t.true(text.length <= 4_000, `${text.length} chunks were read`);
});

test("a body that breaks off is a failure", async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    response.writeHead(200, { "content-length": "10" }).write("four", () => response.destroy());
  });
  const { text, error } = await fetchFrom(await openClient(t), origin);
  t.is(text, "four");
  t.is(error?.code, "http-failed");
});

const endless = test.macro<[start: string, more: string]>(async (t, start, more) => {
  const origin = await serveRaw(t, (socket) => {
    socket.write(start);
    const send = (): void =>
      void (!socket.destroyed && socket.write(more.repeat(1_000)) && setImmediate(send));
    socket.on("drain", send);
    send();
  });
  const { error } = await fetchFrom(await openClient(t), origin, { maxBodyBytes: 1_000 });
  t.true(["http-failed", "http-too-large"].includes(error?.code ?? ""), error?.message);
});

test("headers without end are cut", endless, "HTTP/1.1 200 OK\r\n", "a: b\r\n");
test("interim answers without end are cut", endless, "", "HTTP/1.1 100 Continue\r\n\r\n");
test(
  "a chunk's length without end is cut",
  endless,
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1",
  ";a=b",
);

test("a server that does not answer in time is a failure", async (t) => {
  const origin = await serveRaw(t, () => {});
  const { error } = await fetchFrom(await openClient(t), origin, { headDeadlineMs: 20 });
  t.is(error?.code, "http-deadline");
});

test("nothing arrives after destroy, and closed comes later", async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    response.end("x".repeat(90_000));
  });
  const lengths: number[] = [];
  const seen = await fetchFrom(await openClient(t), origin, {}, (exchange, lengthBytes) => {
    lengths.push(lengthBytes);
    exchange.destroy();
  });
  t.is(seen.error, undefined);
  t.deepEqual(lengths, [seen.text.length]);
});

test("a paused exchange delivers nothing until it resumes", async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    response.end("x".repeat(90_000));
  });
  let isPaused = false;
  const seen = await fetchFrom(await openClient(t), origin, {}, (exchange) => {
    t.false(isPaused);
    isPaused = true;
    exchange.pause();
    setImmediate(() => {
      isPaused = false;
      exchange.resume();
    });
  });
  t.is(seen.text.length, 90_000);
});

const closes = test.macro<[lengthBytes: number, close: (client: HttpClient) => void]>(
  async (t, lengthBytes, closeEarly) => {
    const gone = Promise.withResolvers<void>();
    const origin = await serveRaw(t, (socket) => {
      socket.resume().once("close", () => gone.resolve());
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${lengthBytes}\r\n\r\nok`);
    });
    const client = await openClient(t);
    const { text, error } = await fetchFrom(client, origin, {}, () => closeEarly(client));
    t.is(text, "ok");
    t.is(error, undefined);
    client.close();
    await gone.promise;
  },
);

test("close ends an exchange under way", closes, 9, (client) => client.close());
test("close ends a kept connection", closes, 2, () => {});
