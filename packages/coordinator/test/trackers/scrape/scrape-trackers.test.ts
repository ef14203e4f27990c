import test from "ava";
import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import {
  decodeUdpRequest,
  encodeScrapeReply,
  encodeUdpConnectReply,
  encodeUdpError,
  encodeUdpScrapeReply,
  type ConnectionId,
} from "@troupe/protocol/tracker";
import { parseInfoHash } from "@troupe/protocol/units";
import { hostsForStrangers } from "@troupe/actor-runtime";
import { scrapeTrackers } from "../../../src/trackers/scrape/scrape-trackers.ts";
import { makeTransportLimits } from "../../../src/trackers/transport-limits.ts";
import { UdpTrackers } from "../../../src/trackers/udp/udp-trackers.ts";

const infoHash = parseInfoHash("61".repeat(20));
const counts = { complete: 1, downloaded: 2, incomplete: 3 };
const four = "203.0.113.9";
const six = "2001:db8::9";

/** A client, and a machine whose UDP tracker answers in the families of `answers`, or with a refusal. */
async function scene(answers: readonly (4 | 6)[] = [4, 6], refusal?: string) {
  const world = new SimulatedWorld({ seed: "scrape" });
  const server = world.machine({ addresses: [four, six] }).ports("tracker");
  const client = world.machine({ addresses: ["203.0.113.1", "2001:db8::1"] }).ports("client");
  const heard: string[] = [];
  for (const family of answers) {
    const host = family === 4 ? "0.0.0.0" : "::";
    const socket = await world.settle(
      server.datagrams.bind(
        { host, port: 80 },
        {
          received(bytes, from) {
            const request = decodeUdpRequest(bytes);
            const { action, transactionId } = request;
            heard.push(`${action} ${family}`);
            const reply =
              action === "connect"
                ? encodeUdpConnectReply(transactionId, 7n as ConnectionId)
                : refusal === undefined
                  ? encodeUdpScrapeReply(transactionId, [counts])
                  : encodeUdpError(transactionId, refusal);
            socket.send(reply, from);
          },
        },
      ),
    );
  }
  world.names.set("udp.example", four, six);
  const { clock, datagrams, http, names, random, timers } = client;
  const udpTrackers = new UdpTrackers({ clock, datagrams, random, timers });
  const limits = makeTransportLimits(50, { clock, timers });
  const services = { http, names, timers, udpTrackers, limits };
  const scrape = (...urls: readonly string[]) =>
    world.settle(scrapeTrackers(services, urls, { infoHash }));
  const mayDial = hostsForStrangers({ list: () => [] });
  const scrapeInternet = (...urls: readonly string[]) =>
    world.settle(scrapeTrackers(services, urls, { infoHash, hostsOf: () => mayDial }));
  return { world, scrape, scrapeInternet, heard };
}

const codesOf = (lines: Awaited<ReturnType<typeof scrapeTrackers>>) =>
  lines.map(({ error }) => error?.code);

test("HTTP and UDP trackers are asked at once, and each gives its counts or its error", async (t) => {
  const { world, scrape } = await scene();
  const body = encodeScrapeReply(new Map([[infoHash, { ...counts, complete: 8 }]]));
  world.http.serve("http://http.example/scrape", () => ({ body }));
  const urls = [
    "http://http.example/announce",
    "udp://udp.example",
    "http://http.example/a",
    "udp://none.example:1",
    "wss://t.example/announce",
  ];
  const lines = await scrape(...urls);
  t.deepEqual(lines.slice(0, 2), [
    { url: "http://http.example/announce", ...counts, complete: 8 },
    { url: "udp://udp.example", ...counts },
  ]);
  t.deepEqual(codesOf(lines).slice(2), [
    "scrape-unsupported",
    "tracker-unreachable",
    "tracker-scheme-unsupported",
  ]);
  t.deepEqual(
    lines.map(({ url }) => url),
    urls,
  );
});

test("one family of a UDP tracker is enough", async (t) => {
  for (const family of [4, 6] as const) {
    const { scrape, heard } = await scene([family]);
    t.like((await scrape("udp://udp.example:80/announce"))[0], counts);
    t.deepEqual(heard, [`connect ${family}`, `scrape ${family}`]);
  }
});

test("a UDP tracker is asked by its numeric address, and its refusal is reported", async (t) => {
  const { scrape } = await scene([6], "not here");
  const [line] = await scrape(`udp://[${six}]:80`);
  t.like(line?.error, {
    code: "tracker-refused",
    message: "the tracker refused the scrape: not here",
  });
});

test("a public name of a UDP tracker does not lead to a local address", async (t) => {
  const { world, scrape } = await scene();
  world.names.set("rebound.example", "10.0.0.1");
  t.deepEqual(codesOf(await scrape("udp://rebound.example:80")), ["name-refused"]);
});

test("a torrent without local hosts scrapes no tracker in a local network", async (t) => {
  const { world, scrapeInternet } = await scene();
  world.names.set("home", "10.0.0.1");
  world.http.serve("http://10.0.0.1/scrape", () => ({ body: new Uint8Array() }));
  const urls = ["udp://home:80", "udp://127.0.0.1:80", "http://10.0.0.1/announce"];
  t.deepEqual(codesOf(await scrapeInternet(...urls)), [
    "tracker-local",
    "tracker-local",
    "http-redirect-refused",
  ]);
  t.like((await scrapeInternet("udp://udp.example"))[0], counts);
});

test("a silent tracker is given up after 20 s and holds no place afterwards", async (t) => {
  const { world, scrape, heard } = await scene([]);
  world.http.serve("http://silent.example", () => new Promise(() => {}));
  const startMs = world.scheduler.nowMs;
  const urls = ["udp://udp.example:80", "http://silent.example/announce"];
  const many = urls.flatMap((url) => Array<string>(100).fill(url));
  t.deepEqual(new Set(codesOf(await scrape(...many))), new Set(["tracker-silent"]));
  t.is(Math.floor((world.scheduler.nowMs - startMs) / 1_000), 20);
  t.deepEqual(heard, []);
  world.http.serve("http://http.example/scrape", () => ({ body: "d5:filesdee" }));
  t.like((await scrape("http://http.example/announce"))[0], { complete: 0 });
});
