// Addresses that a remote names, which lead into the network of the service: the link-local address of clouds' secrets, this
// machine, and redirects to them; and a .torrent at an address with a bad certificate.

import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { readFileSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import test, { type ExecutionContext } from "ava";
import { buildTorrent } from "../../support/service/named-torrent.ts";
import { Served } from "../../support/service/served.ts";
import { until } from "../../support/time/until.ts";

/** A server that must not be asked. */
async function listen(t: ExecutionContext, server: Server): Promise<number> {
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

function pem(name: string): string {
  const url = new URL(`../../fixtures/certificates/${name}.pem`, import.meta.url);
  return readFileSync(url, "utf8");
}

test("case 96: a .torrent at a local address is fetched for no remote, by any dialect", async (t) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end(buildTorrent("x"));
  });
  const port = await listen(t, server);
  await using served = await Served.open();
  const token = await served.token("control");
  const first = await served.ask("/transmission/rpc", { headers: token, body: {} });
  const id = String(first.headers["x-transmission-session-id"]);
  const session = { ...token, "x-transmission-session-id": id };
  const hosts = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "127.1",
    "2130706433",
    "0.0.0.0",
  ];
  const urls = [...hosts.map((host) => `http://${host}:${port}/`), "http://169.254.169.254/latest"];
  for (const url of urls) {
    t.not((await served.run("add", { source: url }, { headers: token })).status, 200, url);
    const body = { method: "torrent-add", arguments: { filename: url } };
    const classic = await served.ask("/transmission/rpc", { headers: session, body });
    t.not(classic.body.result, "success", url);
    const added = await served.ask("/api/v2/torrents/add", {
      headers: { ...token, "content-type": "application/x-www-form-urlencoded" },
      text: new URLSearchParams({ urls: url }).toString(),
    });
    t.is(added.text, "Fails.", url);
  }
  t.deepEqual(asked, []);
  t.is(served.coordinator.torrents.length, 0);
});

test("a redirect to a local address that the settings do not list is not followed", async (t) => {
  const asked: string[] = [];
  const inner = await listen(
    t,
    createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end(buildTorrent("x"));
    }),
  );
  let redirects = 0;
  const outer = await listen(
    t,
    createServer((_, response) => {
      redirects++;
      response.writeHead(302, { location: `http://127.0.0.2:${inner}/secret` }).end();
    }),
  );
  await using served = await Served.open({ engine: { localHosts: ["127.0.0.1"] } });
  const headers = await served.token("control");
  const answer = await served.run("add", { source: `http://127.0.0.1:${outer}/` }, { headers });
  t.not(answer.status, 200);
  t.is(redirects, 1);
  t.deepEqual(asked, []);
});

for (const certificate of ["self-signed", "expired", "wrong-host"]) {
  test(`a .torrent at an address whose certificate is ${certificate} is not fetched`, async (t) => {
    const asked: string[] = [];
    const tls = { key: pem("key"), cert: pem(certificate) };
    const server = createTlsServer(tls, (request, response) => {
      asked.push(request.url ?? "");
      response.end(buildTorrent("x"));
    });
    const port = await listen(t, server);
    await using served = await Served.open({ engine: { localHosts: ["127.0.0.1"] } });
    const headers = await served.token("control");
    const source = `https://127.0.0.1:${port}/a.torrent`;
    const { status, text } = await served.run("add", { source }, { headers });
    t.not(status, 200);
    t.regex(text, /certificate/i);
    t.deepEqual(asked, []);
    t.is(served.coordinator.torrents.length, 0);
  });
}

test("trackers and web seeds that a remote names reach no local address: added, set, and of all torrents", async (t) => {
  const asked: string[] = [];
  const port = await listen(
    t,
    createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end();
    }),
  );
  await using served = await Served.open();
  const headers = await served.token("control");
  const trackers = ["127.0.0.1", "[::ffff:127.0.0.1]"].map(
    (host) => `http://${host}:${port}/announce`,
  );
  trackers.push("http://169.254.169.254/latest/announce");
  const defaults = await served.run("set-engine", { defaultTrackers: trackers }, { headers });
  t.is(defaults.status, 403);
  const metainfo = buildTorrent("x", trackers[0]).toString("base64");
  const { body } = await served.run("add", { metainfo, trackers }, { headers });
  const torrent = String(body.result);
  await served.run(
    "set",
    { torrent, trackers, webSeeds: [`http://127.0.0.1:${port}/`] },
    { headers },
  );
  await until("each tracker has failed", async () => {
    const { result } = (await served.run("tiers", { torrent })).body;
    const tiers = result as { trackers: { error?: string }[] }[];
    const errors = tiers.flatMap((tier) => tier.trackers).map(({ error }) => error);
    return errors.length > 0 && !errors.includes(undefined);
  });
  t.deepEqual(asked, []);
});
