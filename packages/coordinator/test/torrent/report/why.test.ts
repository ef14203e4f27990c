import test from "ava";
import type { ExecutionContext } from "ava";
import {
  whyNoMetadata,
  whyNotFaster,
  type MetadataInput,
  type WhyInput,
} from "../../../src/torrent/report/why.ts";

/** A download that runs well: two peers of ten send. */
const well: WhyInput = {
  state: "active",
  fault: undefined,
  isComplete: false,
  runsForMs: 60_000,
  absentWorkers: [],
  pieces: { missing: 100, leased: 10, hashing: 1, writing: 1 },
  isDiskStuck: false,
  hashStandsMs: 0,
  writeStandsMs: 0,
  memory: { totalBytes: 48 * 2 ** 20, usedBytes: 2 ** 20, waitsFor: "nothing" },
  hashingBytes: 0,
  writingBytes: 0,
  peers: { connected: 10, interesting: 8, unchoking: 3, sending: 2, most: 200 },
  webSeeds: { total: 0, open: 0, connected: 0, sending: 0, error: undefined },
  addresses: { known: 30, untried: 0, dialling: 0 },
  trackers: { total: 2, working: 1, failing: 1, refusing: 0, error: undefined },
  dht: undefined,
  interface: undefined,
  downBytesPerSecond: 3 * 2 ** 20,
  isWithheld: false,
  limit: undefined,
};

const says = test.macro({
  exec: (t: ExecutionContext, facts: Partial<WhyInput>, code: string, message: string) => {
    t.deepEqual(whyNotFaster({ ...well, ...facts }) as object, { code, message });
  },
  title: (_given, _facts, code, message) => `${code}: ${message}`,
});

const noPeers = { connected: 0, interesting: 0, unchoking: 0, sending: 0, most: 200 };
const noAddresses = { known: 0, untried: 0, dialling: 0 };
const noTrackers = { total: 0, working: 0, failing: 0, refusing: 0, error: undefined };
const mebibyte = 2 ** 20;
const tunnel = { name: "wg0", state: "up", lacksNames: false } as const;

const unnamed = {
  interface: { ...tunnel, lacksNames: true },
  peers: noPeers,
  trackers: { total: 1, working: 0, failing: 1, refusing: 0, error: "dns-not-bound" },
};
test(
  says,
  unnamed,
  "dns-not-bound",
  "no name server can be asked over the interface wg0: name one that it reaches with --dns",
);
test("a peer or a tracker that answers needs no name server", (t) => {
  const connected = { peers: well.peers };
  const working = { trackers: well.trackers };
  for (const facts of [connected, working])
    t.not(whyNotFaster({ ...well, ...unnamed, ...facts }).code, "dns-not-bound");
});

test(says, {}, "peers-slow", "limited by 2 peers (3.00 MiB/s)");
test(says, { state: "stopped" }, "stopped", "it is stopped");
test(says, { state: "starting" }, "starting", "its files are being opened");
test(says, { state: "checking" }, "checking", "what is on disk is being hashed first");
test(says, { state: "paused" }, "paused", "it is paused");
test(says, { state: "stopping" }, "stopping", "it is being stopped");
test(says, { state: "error", fault: "the disk is full" }, "failed", "the disk is full");
test(says, { isComplete: true }, "complete", "it is complete");

test(
  says,
  { interface: { ...tunnel, state: "absent" } },
  "interface-down",
  "it waits for the interface wg0, which is absent or down",
);
test(
  says,
  { interface: { ...tunnel, state: "misrouted" } },
  "interface-down",
  "it waits: the system would send past the interface wg0",
);
test(
  says,
  { interface: { ...tunnel, state: "unaddressed" } },
  "interface-down",
  "it waits: the interface wg0 has no address of bind",
);
test("an interface that is up is no reason", (t) => {
  t.deepEqual(whyNotFaster({ ...well, interface: tunnel }), whyNotFaster(well));
});

test(
  says,
  { webSeeds: { total: 3, open: 1, connected: 0, sending: 1, error: undefined } },
  "peers-slow",
  "limited by the peer and the web seed (3.00 MiB/s)",
);
test(
  says,
  {
    peers: { ...well.peers, sending: 1 },
    webSeeds: { total: 1, open: 1, connected: 0, sending: 1, error: undefined },
  },
  "peers-slow",
  "limited by the web seed (3.00 MiB/s)",
);
test(
  says,
  {
    peers: noPeers,
    webSeeds: { total: 2, open: 1, connected: 0, sending: 0, error: "HTTP status 503" },
  },
  "starting",
  "a web seed is being connected to",
);
test(
  says,
  {
    peers: noPeers,
    addresses: noAddresses,
    webSeeds: { total: 2, open: 0, connected: 0, sending: 0, error: "HTTP status 503" },
  },
  "web-seeds-failing",
  "no peer is known, and the web seeds are not used: HTTP status 503",
);
test(
  says,
  {
    peers: noPeers,
    webSeeds: { total: 1, open: 0, connected: 0, sending: 0, error: "HTTP status 503" },
  },
  "no-peer-answers",
  "none of the 30 known peers answers, and the one web seed is not used: HTTP status 503",
);
test(
  says,
  {
    peers: { ...noPeers, connected: 1 },
    webSeeds: { total: 1, open: 1, connected: 1, sending: 0, error: "HTTP status 416" },
  },
  "web-seeds-failing",
  "no web seed gives any of the 110 missing pieces: HTTP status 416",
);
test(
  says,
  {
    peers: { ...noPeers, connected: 2 },
    webSeeds: { total: 1, open: 1, connected: 1, sending: 0, error: "HTTP status 416" },
  },
  "nobody-has-missing-pieces",
  "none of the 2 peers has any of the 110 missing pieces, and the one web seed is not used: HTTP status 416",
);

test(
  says,
  { absentWorkers: ["peer-0"], peers: noPeers },
  "worker-restarting",
  "worker peer-0 is being restarted",
);

test(
  says,
  { peers: noPeers, addresses: noAddresses, trackers: noTrackers },
  "no-peers-known",
  "there is no tracker to ask and no known peer: add a tracker or a peer",
);
const inDht = { nodes: 300, wasRevoked: true, roundMs: 900_000 };
const unasked = { peers: noPeers, addresses: noAddresses, trackers: noTrackers };
test(
  says,
  { ...unasked, dht: { ...inDht, wasRevoked: false } },
  "starting",
  "the DHT is being asked for peers",
);
test(
  says,
  { ...unasked, dht: { ...inDht, nodes: 0 }, runsForMs: 20_000 },
  "starting",
  "the first nodes of the DHT are being asked",
);
test(
  says,
  { ...unasked, dht: inDht },
  "no-peers-known",
  "there is no tracker to ask, and the DHT knows of no peer: add a tracker or a peer",
);
test(
  says,
  { ...unasked, dht: { ...inDht, nodes: 0 } },
  "no-peers-known",
  "there is no tracker to ask, and no node of the DHT answers: add a tracker or a peer",
);
test(
  says,
  { peers: noPeers, addresses: noAddresses, dht: { ...inDht, roundMs: 3_000_000 } },
  "no-peers-known",
  "the tracker knows of no other peer, and the DHT knows of no peer (each torrent is looked up every 50 min)",
);
test(
  says,
  { peers: noPeers, addresses: noAddresses },
  "no-peers-known",
  "the tracker knows of no other peer",
);
test(
  says,
  {
    peers: noPeers,
    addresses: noAddresses,
    trackers: { total: 2, working: 0, failing: 1, refusing: 0, error: undefined },
    runsForMs: 1000,
  },
  "starting",
  "the trackers are being asked for peers",
);
test(
  says,
  {
    peers: noPeers,
    addresses: noAddresses,
    trackers: { total: 2, working: 0, failing: 2, refusing: 0, error: "connection refused" },
  },
  "tracker-unreachable",
  "no tracker gives peers: connection refused",
);
const refusal = "the tracker refused the announce: not registered";
test(
  says,
  {
    peers: noPeers,
    addresses: noAddresses,
    trackers: { total: 1, working: 0, failing: 1, refusing: 1, error: refusal },
  },
  "tracker-refuses",
  refusal,
);
test(
  says,
  {
    peers: noPeers,
    addresses: noAddresses,
    trackers: { total: 3, working: 0, failing: 3, refusing: 1, error: refusal },
    dht: { nodes: 0, wasRevoked: true, roundMs: 0 },
    runsForMs: 60_000,
  },
  "tracker-refuses",
  `1 of 3 trackers refuses, the others fail: ${refusal}, and no node of the DHT answers`,
);
test(
  says,
  { peers: noPeers, addresses: { known: 1, untried: 0, dialling: 0 } },
  "no-peer-answers",
  "none of the 1 known peer answers",
);
test(
  says,
  { peers: noPeers, addresses: { known: 30, untried: 10, dialling: 4 } },
  "no-peer-answers",
  "none of the 30 known peers answers, 4 being dialled",
);
test(says, { peers: noPeers, runsForMs: 1000 }, "starting", "the first peers are being dialled");

test(says, { isDiskStuck: true }, "disk-slow", "the disk does not return from a call");
test(
  says,
  { writeStandsMs: 4000, peers: noPeers },
  "disk-slow",
  "the disk has written nothing for 4 s, 1 piece waits for it",
);
test(
  says,
  { hashStandsMs: 3000 },
  "hash-behind",
  "nothing has been hashed for 3 s, 1 piece waits for it",
);
test(
  says,
  {
    memory: { totalBytes: 48 * mebibyte, usedBytes: 46 * mebibyte, waitsFor: "memory" },
    writingBytes: 30 * mebibyte,
  },
  "disk-slow",
  "the disk is slower than the peers: most of 48 MiB of memory waits to be written",
);
test(
  says,
  {
    memory: { totalBytes: 48 * mebibyte, usedBytes: 46 * mebibyte, waitsFor: "memory" },
    hashingBytes: 30 * mebibyte,
  },
  "hash-behind",
  "hashing is slower than the peers: most of 48 MiB of memory waits for it",
);
test(
  says,
  { memory: { totalBytes: 48 * mebibyte, usedBytes: 46 * mebibyte, waitsFor: "memory" } },
  "memory-full",
  "48 MiB of memory are full of pieces under way",
);

test(
  says,
  { peers: { ...well.peers, interesting: 0, unchoking: 0, sending: 0 } },
  "nobody-has-missing-pieces",
  "none of the 10 peers has any of the 110 missing pieces",
);
test(
  says,
  { peers: { ...well.peers, unchoking: 0, sending: 0 } },
  "all-choke-us",
  "all 8 peers that have something choke us",
);
test(
  says,
  { peers: { connected: 1, interesting: 1, unchoking: 0, sending: 0, most: 200 } },
  "all-choke-us",
  "the one peer that has something chokes us",
);
test(
  says,
  { pieces: { missing: 0, leased: 2, hashing: 0, writing: 1 } },
  "last-pieces",
  "the last 3 pieces are on the way",
);
test(
  says,
  { limit: { of: "engine", bytesPerSecond: mebibyte } },
  "limit-reached",
  "the download limit of all torrents is reached: 1.00 MiB/s",
);
test(
  says,
  { limit: { of: "torrent", bytesPerSecond: mebibyte } },
  "limit-reached",
  "the download limit of this torrent is reached: 1.00 MiB/s",
);
test(
  says,
  { limit: { of: "peer", bytesPerSecond: 10 * 1024 } },
  "limit-reached",
  "the download limit of each peer is reached: 10.0 KiB/s",
);
test(
  says,
  { peers: { ...well.peers, most: 10 }, addresses: { known: 50, untried: 40, dialling: 0 } },
  "connection-limit",
  "all 10 allowed connections are in use, 40 more addresses wait",
);
test(
  says,
  { peers: { ...well.peers, sending: 0 } },
  "peers-slow",
  "the 3 peers that let us download send nothing",
);
test(
  says,
  { downBytesPerSecond: 0, runsForMs: 1000, peers: { ...well.peers, sending: 0 } },
  "starting",
  "the first peers have just been reached",
);

test(says, { downBytesPerSecond: 0 }, "starting", "the first blocks are coming");

test(
  says,
  { memory: { totalBytes: 48 * mebibyte, usedBytes: 36 * mebibyte, waitsFor: "disk" } },
  "disk-slow",
  "the disk is slower than the peers: pieces wait to be written",
);

test("memory full of other torrents' pieces is no reason for a torrent that does not wait for it", (t) => {
  const memory = { totalBytes: mebibyte, usedBytes: mebibyte, waitsFor: "nothing" } as const;
  t.is(whyNotFaster({ ...well, memory }).code, "peers-slow");
});

test("a reason that stops a torrent comes before a reason that slows it", (t) => {
  const bad: Partial<WhyInput> = {
    writeStandsMs: 9000,
    memory: { totalBytes: 1, usedBytes: 1, waitsFor: "memory" },
    peers: noPeers,
  };
  t.is(whyNotFaster({ ...well, ...bad }).code, "disk-slow");
  t.is(whyNotFaster({ ...well, ...bad, state: "paused" }).code, "paused");
});

const fetching: MetadataInput = {
  ...well,
  state: "metadata",
  metadata: { blocks: 3, blockCount: 40, peers: 4, isWrong: false },
};

const saysOfMetadata = test.macro({
  exec: (t: ExecutionContext, facts: Partial<MetadataInput>, code: string, message: string) => {
    t.deepEqual(whyNoMetadata({ ...fetching, ...facts }) as object, { code, message });
  },
  title: (_given, _facts, code, message) => `without metadata ${code}: ${message}`,
});

const unoffered = { blocks: 0, blockCount: undefined, peers: 0, isWrong: false };

test(
  saysOfMetadata,
  {},
  "fetching-metadata",
  "3 of 40 blocks of the metadata have come, 4 of 10 peers offer it",
);
test(
  saysOfMetadata,
  { metadata: { blocks: 0, blockCount: 1, peers: 1, isWrong: false }, peers: { connected: 1 } },
  "fetching-metadata",
  "0 of 1 block of the metadata has come, 1 of 1 peer offers it",
);
test(
  saysOfMetadata,
  { metadata: { blocks: 40, blockCount: 40, peers: 4, isWrong: true } },
  "fetching-metadata",
  "some blocks of the metadata are wrong and come again, 4 of 10 peers offer it",
);
test(saysOfMetadata, { state: "stopped" }, "stopped", "it is stopped");
test(saysOfMetadata, { state: "error", fault: "no" }, "failed", "no");
test(saysOfMetadata, { metadata: undefined }, "starting", "its metadata is here");
test(
  saysOfMetadata,
  { metadata: unoffered },
  "no-peer-has-metadata",
  "none of the 10 peers offers the metadata",
);
test(
  saysOfMetadata,
  { metadata: unoffered, runsForMs: 1_000 },
  "starting",
  "the first peers have just been reached",
);
test(
  saysOfMetadata,
  { metadata: unoffered, peers: noPeers, addresses: noAddresses, trackers: noTrackers },
  "no-peers-known",
  "there is no tracker to ask and no known peer: add a tracker or a peer",
);
test(
  saysOfMetadata,
  { absentWorkers: ["peer-0"] },
  "worker-restarting",
  "worker peer-0 is being restarted",
);

test("AE27: a picker that takes no piece is the reason, unless peers send", (t) => {
  const facts = { ...well, isWithheld: true };
  const idle = whyNotFaster({ ...facts, peers: { ...well.peers, sending: 0 } });
  t.deepEqual(idle as object, {
    code: "picker-withholds",
    message: "the picker of the program takes no piece now",
  });
  t.is(whyNotFaster(facts).code, "peers-slow");
});
