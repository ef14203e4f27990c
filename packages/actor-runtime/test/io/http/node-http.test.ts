import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSocketServer, type AddressInfo } from "node:net";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";

import test from "ava";
import type { ExecutionContext } from "ava";

import { NodeHttp } from "../../../src/io/http/node-http.ts";
import { Resolver } from "../../../src/io/network/resolver.ts";
import { freePort } from "../../../../../test/support/programs/free-port.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves `answer` on a local address; every connection is cut when the test ends. */
async function serve(t: ExecutionContext, answer: Answer, host = "127.0.0.1"): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

const limits = { deadlineMs: 20_000, maxBodyBytes: 1000 };
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Broadcast: the kernel refuses every connection. At another address a different test may listen at the same port. */
const unreachableHost = "127.255.255.255";

/** A world in which 127.0.0.2 is a public host, and names are what the table says. */
function httpWithPublicHost(names: Record<string, readonly string[]> = {}): NodeHttp {
  const resolver = new Resolver({
    readHosts: () => new Map(),
    openServers: () => async (name, family) => (family === 4 ? (names[name] ?? []) : []),
  });
  return new NodeHttp({ resolver, isLocal: (host) => host !== "127.0.0.2" });
}

test("L12: requests have the user agent of the rules, also those of a client", async (t) => {
  const seen: (string | undefined)[] = [];
  const origin = await serve(t, ({ headers }, response) => {
    seen.push(headers["user-agent"]);
    response.end();
  });
  const http = new NodeHttp({ userAgent: "other/1" });
  await http.get(origin, limits);
  const client = await http.openClient({ allow: "any", maxConnections: 1 });
  const request = { headDeadlineMs: 10_000, maxBodyBytes: 10 };
  await new Promise<void>((resolve, reject) => {
    const closed = (error: Error | undefined) => (error === undefined ? resolve() : reject(error));
    client.open(origin, request, { head: () => {}, bytes: () => {}, closed });
  });
  client.close();
  t.deepEqual(seen, ["other/1", "other/1"]);
});

test("a document arrives with its status, in memory of its own", async (t) => {
  const seen: (string | undefined)[] = [];
  const origin = await serve(t, (request, response) => {
    seen.push(request.url, request.headers["user-agent"], request.headers["connection"]);
    seen.push(String(request.headers["x-extra"]));
    response.writeHead(404).end("nothing here");
  });
  const url = `${origin}/a%ffb?info_hash=%00%20~`;
  const reply = await new NodeHttp().get(url, { ...limits, headers: { "X-Extra": "1" } });
  t.is(reply.status, 404);
  t.is(text(reply.body), "nothing here");
  t.is(reply.body.buffer.byteLength, reply.body.byteLength);
  t.is(reply.url, url);
  t.deepEqual(seen, ["/a%ffb?info_hash=%00%20~", "Troupe/0.1.0", "close", "1"]);
});

/** Answers 500 with what came. */
async function answerWithRequest(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, headers } = request;
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const seen = [method, headers["x-extra"], headers["content-length"], body];
  response.writeHead(500).end(seen.join(" "));
}

test("a POST brings its body and headers, and follows no redirect", async (t) => {
  const origin = await serve(t, (request, response) => {
    if (request.url === "/away") return void response.writeHead(307, { location: "/" }).end();
    void answerWithRequest(request, response);
  });
  const options = { ...limits, headers: { "X-Extra": "1" }, body: new TextEncoder().encode("abc") };
  const reply = await new NodeHttp().post(`${origin}/`, options);
  t.is(reply.status, 500);
  t.is(text(reply.body), "POST 1 3 abc");
  await t.throwsAsync(new NodeHttp().post(`${origin}/away`, options), {
    ...{ code: "http-redirect-refused", message: /redirects after 0 redirects/ },
  });
});

test("a GET that may follow no redirect refuses the first", async (t) => {
  const origin = await serve(t, (_request, response) => {
    response.writeHead(302, { location: "/" }).end();
  });
  await t.throwsAsync(new NodeHttp().get(`${origin}/away`, { ...limits, mostRedirects: 0 }), {
    code: "http-redirect-refused",
  });
});

test("a redirect is the answer where the caller follows it by its own rules, and validators are told", async (t) => {
  const origin = await serve(t, (request, response) => {
    if (request.url === "/away")
      return void response.writeHead(302, { location: "magnet:?xt=1" }).end();
    response.writeHead(200, { etag: 'W/"1"', "last-modified": "yesterday" }).end("text");
  });
  const http = new NodeHttp();
  const away = await http.get(`${origin}/away`, { ...limits, redirects: "return" });
  t.like(away, { status: 302, location: "magnet:?xt=1", url: `${origin}/away` });
  t.is(away.body.byteLength, 0);
  const found = await http.get(`${origin}/`, { ...limits, redirects: "return" });
  t.like(found, { status: 200, etag: 'W/"1"', lastModified: "yesterday", location: undefined });
});

const inflated = test.macro<[encoding: string, encode: (text: string) => Uint8Array]>({
  exec: async (t, encoding, encode) => {
    const origin = await serve(t, (_request, response) => {
      response.writeHead(200, { "content-encoding": encoding }).end(encode("plain text"));
    });
    const reply = await new NodeHttp().get(origin, limits);
    t.is(text(reply.body), "plain text");
    t.is(reply.body.buffer.byteLength, reply.body.byteLength);
  },
  title: (name, encoding) => name ?? `${encoding} is undone`,
});

test(inflated, "gzip", gzipSync);
test(inflated, "x-gzip", gzipSync);
for (const encoding of ["gzip", "x-gzip", "none", "deflate", "br", "utf-8", "gzip, identity"])
  test(`a plain body that claims to be ${encoding} is taken`, inflated, encoding, Buffer.from);
test(inflated, "deflate", deflateSync);
test("deflate without zlib's frame is inflated", inflated, "deflate", deflateRawSync);
test(inflated, "identity", (plain) => new TextEncoder().encode(plain));

const refused = test.macro<[answer: Answer, code: string, cause?: string]>(
  async (t, answer, code, cause) => {
    const origin = await serve(t, answer);
    const error = await t.throwsAsync<Error & { details: { cause?: string } }>(
      new NodeHttp().get(`${origin}/passkey`, limits),
      { name: "ActorError", code },
    );
    if (cause !== undefined) t.is(error?.details.cause, cause);
    t.false(error?.message.includes("passkey"));
  },
);

test(
  "a body that inflates over the bound is refused",
  refused,
  (_request, response) => {
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(1_000_000)));
  },
  "http-too-large",
);

test(
  "a length over the bound is refused before the body",
  refused,
  (_request, response) => {
    response.writeHead(200, { "content-length": "1001" }).flushHeaders();
  },
  "http-too-large",
);

test(
  "an endless body is refused at the bound",
  refused,
  (_request, response) => {
    const more = (): void => {
      while (response.write(Buffer.alloc(100)));
    };
    response.on("drain", more);
    more();
  },
  "http-too-large",
);

for (const [name, start, more] of [
  ["interim replies", "", "HTTP/1.1 102 Processing\r\n\r\n"],
  ["blank lines", "", "\r\n"],
  ["a chunk's length", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "0"],
] as const) {
  test(`${name} without end are refused at a bound, before the deadline`, async (t) => {
    let sentBytes = 0;
    const server = createSocketServer((socket) => {
      const flood = (): void => {
        while (!socket.destroyed && socket.write(more.repeat(1_000)));
      };
      socket.on("error", () => {}).on("drain", flood);
      socket.on("close", () => (sentBytes = socket.bytesWritten));
      socket.once("data", () => {
        socket.write(start);
        flood();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.teardown(() => server.close());
    const { port } = server.address() as AddressInfo;
    await t.throwsAsync(new NodeHttp().get(`http://127.0.0.1:${port}/`, limits), {
      code: "http-too-large",
    });
    await new Promise((resolve) => server.close(resolve));
    // Most of it is in the buffers of loopback.
    t.true(sentBytes < 32 << 20, `${sentBytes} bytes sent`);
  });
}

test("the bound of bytes on the network leaves room for a body in small chunks", async (t) => {
  const origin = await serve(t, (_request, response) => {
    for (let i = 0; i < limits.maxBodyBytes; i++) response.write("x");
    response.end();
  });
  t.is((await new NodeHttp().get(origin, limits)).body.byteLength, limits.maxBodyBytes);
});

test(
  "broken gzip is a failure",
  refused,
  (_request, response) => {
    const broken = gzipSync("x".repeat(1_000)).fill(7, 12);
    response.writeHead(200, { "content-encoding": "gzip" }).end(broken);
  },
  "http-failed",
  "Z_DATA_ERROR",
);

test(
  "gzip that stops early is a failure",
  refused,
  (_request, response) => {
    const whole = gzipSync("plain text");
    response.writeHead(200, { "content-encoding": "gzip" }).end(whole.subarray(0, 12));
  },
  "http-failed",
  "Z_BUF_ERROR",
);

test(
  "a connection cut within the body is a failure",
  refused,
  (_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("x", () => response.destroy());
  },
  "http-failed",
  "ECONNRESET",
);

test(
  "a reply that is not HTTP is a failure",
  refused,
  (request) => {
    request.socket.end("SSH-2.0-x\r\n");
  },
  "http-failed",
  "HPE_INVALID_CONSTANT",
);

test("an invalid target of a request is a failure", async (t) => {
  for (const url of ["not a url", "file:///etc/passwd", "udp://tracker.example:80", "http://"]) {
    await t.throwsAsync(new NodeHttp().get(url, limits), { code: "http-failed" }, url);
  }
  const origin = await serve(t, () => {});
  const failure = { code: "http-failed" };
  await t.throwsAsync(
    new NodeHttp().get(origin, { ...limits, headers: { broken: "a\nb" } }),
    failure,
  );
  await t.throwsAsync(new NodeHttp().get(origin, { ...limits, family: 6 }), failure);
});

test("a closed port and an unknown name are failures with the system's code", async (t) => {
  const nobody = await t.throwsAsync<Error & { details: unknown }>(
    new NodeHttp().get(`http://127.0.0.1:${await freePort()}/`, limits),
  );
  t.like(nobody, { code: "http-failed", details: { cause: "ECONNREFUSED" } });
  const unknown = await t.throwsAsync<Error & { details: unknown }>(
    httpWithPublicHost().get("http://none.example/", limits),
  );
  t.like(unknown, { code: "http-failed", details: { cause: "ENOTFOUND" } });
});

test("the deadline covers the whole request, even if the server keeps sending", async (t) => {
  const origin = await serve(t, (_, response) => void response.writeHead(200).write("x"));
  await t.throwsAsync(new NodeHttp().get(origin, { ...limits, deadlineMs: 50 }), {
    code: "http-deadline",
  });
});

test("the caller's signal ends a request and its connection", async (t) => {
  const controller = new AbortController();
  const closed = Promise.withResolvers<void>();
  const origin = await serve(t, (request) => {
    request.socket.on("close", closed.resolve);
    controller.abort();
  });
  const error = await t.throwsAsync<Error & { details: unknown }>(
    new NodeHttp().get(origin, { ...limits, signal: controller.signal }),
  );
  t.like(error, { code: "http-failed", details: { cause: "ABORT_ERR" } });
  await closed.promise;
  await t.throwsAsync(new NodeHttp().get(origin, { ...limits, signal: AbortSignal.abort() }), {
    code: "http-failed",
  });
});

test("five redirects are followed, a sixth is refused", async (t) => {
  const origin = await serve(t, (request, response) => {
    const left = Number(request.url?.slice(1));
    if (left === 0) response.end("here");
    else response.writeHead(302, { location: `/${left - 1}` }).end("elsewhere");
  });
  const reply = await new NodeHttp().get(`${origin}/5`, limits);
  t.is(text(reply.body), "here");
  t.is(reply.url, `${origin}/0`);
  await t.throwsAsync(new NodeHttp().get(`${origin}/6`, limits), { code: "http-redirect-refused" });
});

test("a redirect to anything but HTTP is refused", async (t) => {
  for (const location of ["file:///etc/passwd", "http://[", "javascript:1"]) {
    const origin = await serve(t, (_request, response) => {
      response.writeHead(301, { location }).end();
    });
    await t.throwsAsync(new NodeHttp().get(origin, limits), { code: "http-redirect-refused" });
  }
});

test("a local host may redirect to a local host, a public host may not", async (t) => {
  const target = await serve(t, (_request, response) => response.end("inside"));
  const redirect: Answer = (_request, response) => {
    response.writeHead(302, { location: target }).end();
  };
  const local = await serve(t, redirect);
  const outside = await serve(t, redirect, "127.0.0.2");
  const http = httpWithPublicHost();
  t.is(text((await http.get(local, limits)).body), "inside");
  await t.throwsAsync(http.get(outside, limits), { code: "http-redirect-refused" });
});

test("a public host that redirects over another to a local host is refused", async (t) => {
  const inside = await serve(t, (_request, response) => response.end("inside"));
  const second = await serve(
    t,
    (_request, response) => {
      response.writeHead(302, { location: inside }).end();
    },
    "127.0.0.2",
  );
  const first = await serve(
    t,
    (_request, response) => {
      response.writeHead(302, { location: second }).end();
    },
    "127.0.0.2",
  );
  await t.throwsAsync(httpWithPublicHost().get(first, limits), { code: "http-redirect-refused" });
});

test("a public name with a local address is refused, and its public address is used", async (t) => {
  const origin = await serve(
    t,
    (request, response) => response.end(request.headers.host),
    "127.0.0.2",
  );
  const { port } = new URL(origin);
  const http = httpWithPublicHost({
    "rebound.example": ["127.0.0.1"],
    "mixed.example": ["127.0.0.1", "127.0.0.2"],
    "nas.local": [unreachableHost],
  });
  await t.throwsAsync(http.get(`http://rebound.example:${port}/`, limits), {
    code: "http-redirect-refused",
  });
  const mixed = await http.get(`http://mixed.example:${port}/`, limits);
  t.is(text(mixed.body), `mixed.example:${port}`);
  // Allowed: it is dialled.
  await t.throwsAsync(http.get(`http://nas.local:${port}/`, limits), { code: "http-failed" });
});

test("the next address is tried when the first does not answer", async (t) => {
  const origin = await serve(t, (_request, response) => response.end("second"), "127.0.0.2");
  const resolver = new Resolver({
    readHosts: () => new Map([["two.example", [unreachableHost, "127.0.0.2"]]]),
  });
  const { port } = new URL(origin);
  const reply = await new NodeHttp({ resolver }).get(`http://two.example:${port}/`, limits);
  t.is(text(reply.body), "second");
});

test("credentials go to the first origin and no further", async (t) => {
  const seen: unknown[] = [];
  const other = await serve(t, (request, response) => {
    seen.push([request.headers.authorization, request.headers.cookie, request.headers["x-kept"]]);
    response.end();
  });
  const origin = await serve(t, (request, response) => {
    seen.push([request.headers.authorization, request.headers.cookie, request.headers["x-kept"]]);
    response.writeHead(302, { location: request.url === "/" ? "/again" : other }).end();
  });
  const url = new URL(origin);
  url.username = "name";
  url.password = "pass word";
  const reply = await new NodeHttp().get(url.href, {
    ...limits,
    headers: { cookie: "a=b", "x-kept": "yes" },
  });
  const basic = `Basic ${Buffer.from("name:pass word").toString("base64")}`;
  t.deepEqual(seen, [
    [basic, "a=b", "yes"],
    [basic, "a=b", "yes"],
    [undefined, undefined, "yes"],
  ]);
  t.is(reply.url, `${other}/`);
});

test("a request follows a redirect only to addresses that its caller allows", async (t) => {
  const elsewhere = await serve(t, (_, response) => response.end("elsewhere"), "127.0.0.3");
  const origin = await serve(t, ({ url }, response) => {
    if (url === "/here") return void response.end("here");
    const location = url === "/away" ? elsewhere : "/here";
    response.writeHead(302, { location }).end();
  });
  const asked: string[] = [];
  const mayDial = (host: string): boolean => asked.push(host) > 0 && host === "127.0.0.1";
  const http = new NodeHttp();
  t.is(text((await http.get(`${origin}/`, { ...limits, mayDial })).body), "here");
  t.deepEqual(asked, ["127.0.0.1", "127.0.0.1"]);
  await t.throwsAsync(http.get(`${origin}/away`, { ...limits, mayDial }), {
    code: "http-redirect-refused",
    message: /the caller refuses its address/,
  });
});
