import test from "ava";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AnnounceRequest } from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import { NodeHttp } from "../../../actor-runtime/src/io/http/node-http.ts";
import { announceOverHttp, type HttpAnnounceLimits } from "../../src/trackers/http-tracker.ts";
import { at } from "../support/engine-scene.ts";
import { FakeHttp } from "../support/fake-http.ts";

const url = "http://tracker.example/announce?passkey=secret";
const announce: AnnounceRequest = {
  infoHash: "12".repeat(20) as InfoHash,
  peerId: new Uint8Array(20).fill(0x41),
  port: 6881,
  key: "00c0ffee",
  uploaded: 1,
  downloaded: 2,
  left: 3,
  event: "started",
  numWant: 200,
};
const limits: HttpAnnounceLimits = {
  family: 4,
  deadlineMs: 10_000,
  signal: new AbortController().signal,
  epochMs: 1_000_000_000_000,
};

/** One announce and what the tracker answers. */
async function ask(body: string, status = 200) {
  const http = new FakeHttp();
  http.respond = (request) => request.reply(body, status);
  const { reply } = await announceOverHttp(http, url, announce, limits);
  return { reply, request: at(http.requests, 0) };
}

const noPeers = "d8:intervali900e5:peers0:e";

test("AE24: an announce has our peer id, port and counters", async (t) => {
  const { request } = await ask(noPeers);
  const query = new URL(request.url).searchParams;
  t.is(query.get("passkey"), "secret", "what the address says already is kept");
  t.true(request.url.includes(`info_hash=${"%12".repeat(20)}`));
  t.deepEqual(
    ["peer_id", "port", "uploaded", "downloaded", "left", "event", "key", "compact"].map((name) =>
      query.get(name),
    ),
    ["A".repeat(20), "6881", "1", "2", "3", "started", "00c0ffee", "1"],
  );
});

test("the answer is bounded in time and size", async (t) => {
  const { request } = await ask(noPeers);
  t.is(request.options.deadlineMs, 10_000);
  t.is(request.options.maxBodyBytes, 1 << 20);
  t.is(request.options.family, 4);
});

test("peers and times come out of the answer", async (t) => {
  const { reply } = await ask(
    "d8:intervali900e12:min intervali120e5:peers6:\x08\x00\x00\x01\x1a\xe1e",
  );
  t.is(reply.intervalSeconds, 900);
  t.is(reply.minIntervalSeconds, 120);
  t.deepEqual(reply.peers, [{ host: "8.0.0.1", port: 6881 }]);
});

test("a refusal has the tracker's text", async (t) => {
  await t.throwsAsync(ask("d14:failure reason12:unregisterede"), {
    code: "tracker-refused",
    message: /unregistered/,
  });
});

test("a refusal counts with any HTTP status", async (t) => {
  await t.throwsAsync(ask("d14:failure reason6:bannede", 403), { code: "tracker-refused" });
});

test("the error of a page that is not a reply has its status", async (t) => {
  await t.throwsAsync(ask("<html>", 502), { code: "tracker-status", message: /502/ });
});

test("a page with status 200 is a malformed reply", async (t) => {
  const error = await t.throwsAsync(ask("<html>"));
  t.is(typeof (error as { code?: unknown } | undefined)?.code, "string");
});

test("a public tracker that redirects to a local address is refused, and the local server is not asked", async (t) => {
  let asked = 0;
  const local = createServer((_request, response) => {
    asked++;
    response.end(noPeers);
  });
  const listen = async (server: ReturnType<typeof createServer>, host: string) => {
    await new Promise<void>((resolve) => {
      server.listen(0, host, resolve);
    });
    t.teardown(() => server.close());
    return (server.address() as AddressInfo).port;
  };
  const localPort = await listen(local, "127.0.0.1");
  const location = `http://127.0.0.1:${localPort}/`;
  const tracker = createServer((_request, response) => {
    response.writeHead(302, { location }).end();
  });
  const trackerPort = await listen(tracker, "127.0.0.2");
  // 127.0.0.2 stands for a public address.
  const http = new NodeHttp({ isLocal: (host) => host !== "127.0.0.2" });
  const announced = announceOverHttp(
    http,
    `http://127.0.0.2:${trackerPort}/announce`,
    announce,
    limits,
  );
  await t.throwsAsync(announced, { code: "http-redirect-refused" });
  t.is(asked, 0);
});
