// HTTP of a real host through proxies on loopback. No name of these tests is known to a name server.

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { setDefaultCACertificates } from "node:tls";
import test, { type ExecutionContext } from "ava";

import { defaultNetworkRules, nodePorts, type Http, type HttpReply } from "../../src/index.ts";
import { ScriptedProxy, type ProxyScript } from "../support/testing/scripted-proxy.ts";

const loopback = "127.0.0.1";
const fixtures = new URL("../../../../test/fixtures/certificates/", import.meta.url);
const pem = (name: string): string => readFileSync(new URL(`${name}.pem`, fixtures), "utf8");
setDefaultCACertificates([pem("authority")]);
process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";

const limits = { deadlineMs: 20_000, maxBodyBytes: 100_000 };
const login = { user: "ann", password: "secret" };
const names = { "server.example": loopback };

type Protocol = "socks5" | "http";

/** A proxy, and HTTP through it. */
async function through(
  t: ExecutionContext,
  protocol: Protocol,
  { own, ...script }: ProxyScript & { readonly own?: typeof login } = {},
): Promise<{ readonly http: Http; readonly proxy: ScriptedProxy }> {
  const proxy = await ScriptedProxy.listen(nodePorts(), loopback, { names, ...script });
  t.teardown(() => proxy.kill());
  const rule = { protocol, ...proxy.address, use: "all", ...(own && { login: own }) } as const;
  const { http } = nodePorts({ network: { ...defaultNetworkRules, proxy: rule } });
  return { http, proxy };
}

async function serve(t: ExecutionContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve));
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Answers with the target, the host and the login for a proxy that the server was sent. */
function echo({ url, headers }: IncomingMessage, response: ServerResponse): void {
  const sent = headers["proxy-authorization"] ?? "no proxy login";
  // A proxy may pass the whole URL on.
  const { pathname, search } = new URL(url ?? "", "http://unknown.example");
  response.end(`${pathname}${search} ${headers.host} ${sent}`);
}

const textOf = ({ body }: HttpReply): string => Buffer.from(body).toString();

for (const protocol of ["socks5", "http"] as const) {
  test(`${protocol}: a document of a name that only the proxy knows, with and without a login`, async (t) => {
    const port = await serve(t, createServer(echo));
    const form = protocol === "http" ? "get http://server.example" : "connect server.example";
    for (const script of [{}, { login, own: login }]) {
      const { http, proxy } = await through(t, protocol, script);
      const reply = await http.get(`http://server.example:${port}/a?b=c`, limits);
      t.regex(textOf(reply), new RegExp(`^/a\\?b=c server.example:${port} `));
      t.is(reply.remoteHost, undefined);
      t.deepEqual(proxy.asked, [`${form}:${port}`]);
    }
  });

  test(`${protocol}: https goes by a tunnel, and the server's certificate is checked`, async (t) => {
    const right = await serve(t, createTlsServer({ key: pem("key"), cert: pem("right") }, echo));
    const wrong = await serve(
      t,
      createTlsServer({ key: pem("key"), cert: pem("self-signed") }, echo),
    );
    const { http, proxy } = await through(t, protocol, { login, own: login });
    const reply = await http.get(`https://${loopback}:${right}/a`, limits);
    t.is(textOf(reply), `/a ${loopback}:${right} no proxy login`);
    await t.throwsAsync(http.get(`https://${loopback}:${wrong}/a`, limits), {
      code: "http-failed",
      message: /self-signed certificate/,
    });
    t.deepEqual(proxy.asked, [`connect ${loopback}:${right}`, `connect ${loopback}:${wrong}`]);
  });

  test(`${protocol}: a client for large bodies keeps its connection through the proxy`, async (t) => {
    const port = await serve(t, createServer(echo));
    const secure = await serve(t, createTlsServer({ key: pem("key"), cert: pem("right") }, echo));
    const { http, proxy } = await through(t, protocol);
    const client = await http.openClient({ allow: "any", maxConnections: 2 });
    t.teardown(() => client.close());
    for (const url of [
      `http://server.example:${port}/a`,
      `http://server.example:${port}/b`,
      `https://${loopback}:${secure}/c`,
      `https://${loopback}:${secure}/d`,
    ]) {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      let text = "";
      client.open(
        url,
        { headDeadlineMs: 20_000, maxBodyBytes: 1_000 },
        {
          head: () => undefined,
          bytes: (chunk) => void (text += Buffer.from(chunk).toString()),
          closed: (error) => (error === undefined ? resolve(text) : reject(error)),
        },
      );
      const { host, pathname } = new URL(url);
      t.is(await promise, `${pathname} ${host} no proxy login`);
    }
    t.is(proxy.asked.length, 2);
  });

  test(`${protocol}: a login that the proxy refuses is proxy-login`, async (t) => {
    const port = await serve(t, createServer(echo));
    const { http } = await through(t, protocol, { login, own: { ...login, password: "no" } });
    for (const url of [`http://${loopback}:${port}/`, `https://${loopback}:${port}/`]) {
      const error = await t.throwsAsync(http.get(url, limits), { code: "http-failed" });
      t.like(error, { details: { cause: "proxy-login" } });
      t.false(JSON.stringify([error?.message, error]).includes(login.password));
    }
  });

  test(`${protocol}: a proxy that is gone is proxy-unreachable`, async (t) => {
    const { http, proxy } = await through(t, protocol);
    await proxy.kill();
    const error = await t.throwsAsync(http.get("http://server.example/", limits), {
      message: /the proxy \w+:\/\/127\.0\.0\.1:\d+ cannot be reached/,
    });
    t.like(error, { code: "http-failed", details: { cause: "proxy-unreachable" } });
  });

  test(`${protocol}: a deadline ends a request while the proxy is silent`, async (t) => {
    const { http } = await through(t, protocol, { isSilent: true });
    const request = http.get("https://server.example/", { ...limits, deadlineMs: 100 });
    await t.throwsAsync(request, { code: "http-deadline" });
  });

  test(`${protocol}: hosts that strangers name are judged by their text`, async (t) => {
    const { http, proxy } = await through(t, protocol);
    const client = await http.openClient({ allow: "internet", maxConnections: 2 });
    t.teardown(() => client.close());
    for (const url of ["http://localhost/", "http://nas.local/", "http://127.0.0.1/a?b"]) {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      const ignored = (): void => {};
      client.open(
        url,
        { headDeadlineMs: 20_000, maxBodyBytes: 1_000 },
        { head: ignored, bytes: ignored, closed: resolve },
      );
      t.like(await promise, { code: "http-redirect-refused" }, url);
    }
    t.deepEqual(proxy.asked, []);
  });
}

test("D06: a refused CONNECT names the port", async (t) => {
  const { http } = await through(t, "http", { refusedPorts: [8_443] });
  const error = await t.throwsAsync(http.get("https://server.example:8443/", limits), {
    message: /the proxy http:\/\/127\.0\.0\.1:\d+ refuses port 8443/,
  });
  t.like(error, { code: "http-failed", details: { cause: "proxy-refused" } });
});

test("a redirect of a public name to a local address is refused", async (t) => {
  const port = await serve(
    t,
    createServer((_, response) => {
      response.writeHead(302, { location: "http://127.0.0.1:9/" }).end();
    }),
  );
  const { http } = await through(t, "socks5");
  await t.throwsAsync(http.get(`http://server.example:${port}/`, limits), {
    code: "http-redirect-refused",
  });
});

test("a name counts as one of the preferred family", async (t) => {
  const { http } = await through(t, "socks5");
  const request = http.get("http://server.example/", { ...limits, family: 6 });
  const error = await t.throwsAsync(request, { code: "http-failed" });
  t.like(error, { details: { cause: "ENOTFOUND" } });
});
