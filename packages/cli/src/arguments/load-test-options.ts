// Options that only `troupe load-test` has, for the table of options.

import type { OptionRow } from "./option-table.ts";

const commands = ["load-test"] as const;

/** In the order of the help. */
export const loadTestRows = {
  target: {
    value: "A",
    repeatable: true,
    commands,
    meaning:
      "where load goes: HOST:PORT, a tracker's URL, or a program to start (ours, libtorrent, udp:opentracker …); repeatable, with NAME=A for a target of that name in the file",
  },
  torrent: {
    value: "F",
    commands,
    meaning: "the .torrent that the target has (a pattern torrent; see --size)",
  },
  data: {
    value: "D",
    commands,
    meaning:
      "folder with the content of --torrent; without it blocks are compared by piece hashes alone",
  },
  piece: {
    value: "SIZE",
    commands,
    meaning: "piece length of the pattern torrent, a power of two (256K, longer above 4G)",
  },
  name: {
    value: "NAME",
    commands,
    meaning: "torrent, data: name of the pattern's file (payload); agent: its name (the machine's)",
  },
  count: { value: "N", commands, meaning: "peers, tracker, dht: how many peers or clients (100)" },
  for: {
    value: "DUR",
    commands,
    meaning: "peers, tracker, dht: measured time after all have come: 30s, 10m, 2h (30s)",
  },
  "warm-up": {
    value: "DUR",
    commands,
    meaning:
      "peers, tracker, dht: load before the measured time, which counts nowhere; 0s: none (2s)",
  },
  rate: {
    value: "N/s",
    commands,
    meaning:
      "peers, tracker, dht: open load, so many requests a second of all together, whatever the answers",
  },
  depth: {
    value: "N",
    commands,
    meaning:
      "peers, tracker, dht: closed load, so many requests outstanding of each (4; tracker, dht: 1)",
  },
  behaviour: {
    value: "B",
    commands,
    meaning: "peers: leecher, free-rider, partial, seeder, idle or hostile (leecher)",
  },
  take: {
    value: "N",
    commands,
    meaning: "peers: pieces that each peer takes, at random, all, or endless (the default)",
  },
  "random-seed": {
    value: "N",
    commands,
    meaning: "draws every time and choice of the run; the same number, the same list (1)",
  },
  budget: {
    value: "B",
    repeatable: true,
    commands,
    meaning:
      "one more budget, repeatable: 'request_block.p99 < 50ms'; compare: on the ratio of both sides, 'request_block.p99 < 1.2'",
  },
  with: { value: "R", repeatable: true, commands, meaning: "compare: the other side's results" },
  result: { value: "F", commands, meaning: "write the result with its histograms into F" },
  report: {
    value: "F",
    commands,
    meaning: "write a report as one file F; report: the place of the page (stdout)",
  },
  format: {
    value: "FORMAT",
    commands,
    meaning: "of --report: html, or junit for the budgets as JUnit XML (html)",
  },
  prometheus: {
    value: "F|PORT",
    commands,
    meaning:
      "the measures in Prometheus' text format: in the file F at the end, or at this port of 127.0.0.1 during the run",
  },
  intents: {
    value: "F",
    commands,
    meaning: "write every time that the seed draws into F, and run nothing",
  },
  threads: { value: "N", commands, meaning: "threads that make load (1)" },
  nats: {
    value: "URL",
    commands,
    meaning:
      "run on agents at this NATS server: nats://HOST:PORT, with a token or a user and a password before an @; @F: the URL is in the file F (NATS_URL, token NATS_TOKEN)",
  },
  "nats-creds": { value: "F", commands, meaning: "file of credentials for --nats" },
  agents: {
    value: "N",
    commands,
    meaning:
      "run on agents, and wait for so many, 10 s at most, or take all that are there (all, the default with --nats)",
  },
  "allow-target": {
    value: "ADDR",
    repeatable: true,
    commands,
    meaning:
      "an address outside of loopback and private ranges that load may go to, repeatable (none)",
  },
  "allow-hostile": {
    commands,
    meaning: "agent: run groups of hostile peers too, never against a public address",
  },
  schema: { commands, meaning: "print the JSON schema of scenario files" },
  list: { commands, meaning: "list the scenarios that come along" },
} as const satisfies Record<string, OptionRow>;
