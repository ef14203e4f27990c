// Options that only `troupe load-test` has.

import { address, bytes, duration, either, flag, list, path, whole, word } from "@troupe/control";
import { anyFile, anyText, noBound, type CallOptions } from "./call-options.ts";

const calls = "load-test";
const mostPeers = 20_000;
const leastPieceBytes = 16 * 1024;

/** In the order of the help. */
export const loadTestRows = {
  target: {
    gate: list(anyText, noBound),
    sign: "A",
    calls,
    help: "where load goes: HOST:PORT, a tracker's URL, or a program to start (ours, libtorrent, udp:opentracker …); repeatable, with NAME=A for a target of that name in the file",
  },
  torrent: {
    gate: anyFile,
    calls,
    help: "the .torrent that the target has (a pattern torrent; see --size)",
  },
  data: {
    gate: path("folder"),
    calls,
    help: "folder with the content of --torrent; without it blocks are compared by piece hashes alone",
  },
  piece: {
    gate: bytes(leastPieceBytes, noBound),
    calls,
    help: "piece length of the pattern torrent, a power of two (256K, longer above 4G)",
  },
  name: {
    gate: anyText,
    sign: "NAME",
    calls,
    help: "torrent, data: name of the pattern's file (payload); agent: its name (the machine's)",
  },
  count: {
    gate: whole(1, mostPeers),
    calls,
    help: "peers, tracker, dht: how many peers or clients (100)",
  },
  for: {
    gate: duration(1_000, noBound, { unit: "ms" }),
    calls,
    help: "peers, tracker, dht: measured time after all have come: 30s, 10m, 2h (30s)",
  },
  "warm-up": {
    gate: duration(0, noBound, { unit: "ms" }),
    calls,
    help: "peers, tracker, dht: load before the measured time, which counts nowhere; 0s: none (2s)",
  },
  rate: {
    gate: anyText,
    sign: "N/s",
    calls,
    help: "peers, tracker, dht: open load, so many requests a second of all together, whatever the answers",
  },
  depth: {
    gate: whole(1, 500),
    calls,
    help: "peers, tracker, dht: closed load, so many requests outstanding of each (4; tracker, dht: 1)",
  },
  behaviour: {
    gate: word("leecher", "free-rider", "partial", "seeder", "idle", "hostile"),
    sign: "B",
    calls,
    help: "peers: leecher, free-rider, partial, seeder, idle or hostile (leecher)",
  },
  take: {
    gate: either(word("all", "endless"), whole(1, 2 ** 21)),
    calls,
    help: "peers: pieces that each peer takes, at random, all, or endless (the default)",
  },
  "random-seed": {
    gate: whole(0, 2 ** 32 - 1),
    calls,
    help: "draws every time and choice of the run; the same number, the same list (1)",
  },
  budget: {
    gate: list(anyText, noBound),
    sign: "B",
    calls,
    help: "one more budget, repeatable: 'request_block.p99 < 50ms'; compare: on the ratio of both sides, 'request_block.p99 < 1.2'",
  },
  with: {
    gate: list(anyFile, noBound),
    sign: "R",
    calls,
    help: "compare: the other side's results",
  },
  result: {
    gate: anyFile,
    calls,
    help: "write the result with its histograms into F",
  },
  report: {
    gate: anyFile,
    calls,
    help: "write a report as one file F; report: the place of the page (stdout)",
  },
  format: {
    gate: word("html", "junit"),
    sign: "FORMAT",
    calls,
    help: "of --report: html, or junit for the budgets as JUnit XML (html)",
  },
  prometheus: {
    gate: anyFile,
    sign: "F|PORT",
    calls,
    help: "the measures in Prometheus' text format: in the file F at the end, or at this port of 127.0.0.1 during the run",
  },
  intents: {
    gate: anyFile,
    calls,
    help: "write every time that the seed draws into F, and run nothing",
  },
  threads: {
    gate: whole(1, 64),
    calls,
    help: "threads that make load (1)",
  },
  nats: {
    gate: anyText,
    sign: "URL",
    calls,
    help: "run on agents at this NATS server: nats://HOST:PORT, with a token or a user and a password before an @; @F: the URL is in the file F (NATS_URL, token NATS_TOKEN)",
  },
  "nats-creds": {
    gate: anyFile,
    calls,
    help: "file of credentials for --nats",
  },
  agents: {
    gate: either(word("all"), whole(1, 200)),
    calls,
    help: "run on agents, and wait for so many, 10 s at most, or take all that are there (all, the default with --nats)",
  },
  "allow-target": {
    gate: list(address, noBound),
    calls,
    help: "an address outside of loopback and private ranges that load may go to, repeatable (none)",
  },
  "allow-hostile": {
    gate: flag,
    calls,
    help: "agent: run groups of hostile peers too, never against a public address",
  },
  schema: {
    gate: flag,
    calls: `${calls} settings`,
    help: "print the JSON schema of scenario files, or of the settings file",
  },
  list: {
    gate: flag,
    calls,
    help: "list the scenarios that come along",
  },
} as const satisfies CallOptions;
