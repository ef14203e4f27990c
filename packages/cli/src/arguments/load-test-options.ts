// Options that only `troupe load-test` has, for the table of options.

import type { OptionRow } from "./option-table.ts";

type LoadTestRow = Omit<OptionRow, "commands">;

function ofLoadTest<Name extends string>(
  rows: Readonly<Record<Name, LoadTestRow>>,
): Readonly<Record<Name, OptionRow>> {
  const all = Object.entries<LoadTestRow>(rows).map(([name, row]): [string, OptionRow] => [
    name,
    { ...row, commands: ["load-test"] },
  ]);
  return Object.fromEntries(all) as Record<Name, OptionRow>;
}

/** In the order of the help. */
export const loadTestRows = ofLoadTest({
  target: {
    value: "A",
    repeatable: true,
    meaning:
      "where load goes: HOST:PORT, a tracker's URL, or a program to start (ours, libtorrent, udp:opentracker …); repeatable, with NAME=A for a target of that name in the file",
  },
  torrent: {
    value: "F",
    meaning: "the .torrent that the target has (a pattern torrent; see --size)",
  },
  data: {
    value: "D",
    meaning:
      "folder with the content of --torrent; without it blocks are compared by piece hashes alone",
  },
  piece: {
    value: "SIZE",
    meaning: "piece length of the pattern torrent, a power of two (256K, longer above 4G)",
  },
  name: {
    value: "NAME",
    meaning: "torrent, data: name of the pattern's file (payload); agent: its name (the machine's)",
  },
  count: { value: "N", meaning: "peers, tracker, dht: how many peers or clients (100)" },
  for: {
    value: "DUR",
    meaning: "peers, tracker, dht: measured time after all have come: 30s, 10m, 2h (30s)",
  },
  "warm-up": {
    value: "DUR",
    meaning:
      "peers, tracker, dht: load before the measured time, which counts nowhere; 0s: none (2s)",
  },
  rate: {
    value: "N/s",
    meaning:
      "peers, tracker, dht: open load, so many requests a second of all together, whatever the answers",
  },
  depth: {
    value: "N",
    meaning:
      "peers, tracker, dht: closed load, so many requests outstanding of each (4; tracker, dht: 1)",
  },
  behaviour: {
    value: "B",
    meaning: "peers: leecher, free-rider, partial, seeder, idle or hostile (leecher)",
  },
  take: {
    value: "N",
    meaning: "peers: pieces that each peer takes, at random, all, or endless (the default)",
  },
  "random-seed": {
    value: "N",
    meaning: "draws every time and choice of the run; the same number, the same list (1)",
  },
  budget: {
    value: "B",
    repeatable: true,
    meaning:
      "one more budget, repeatable: 'request_block.p99 < 50ms'; compare: on the ratio of both sides, 'request_block.p99 < 1.2'",
  },
  with: { value: "R", repeatable: true, meaning: "compare: the other side's results" },
  result: { value: "F", meaning: "write the result with its histograms into F" },
  report: {
    value: "F",
    meaning: "write a report as one file F; report: the place of the page (stdout)",
  },
  format: {
    value: "FORMAT",
    meaning: "of --report: html, or junit for the budgets as JUnit XML (html)",
  },
  prometheus: {
    value: "F|PORT",
    meaning:
      "the measures in Prometheus' text format: in the file F at the end, or at this port of 127.0.0.1 during the run",
  },
  intents: {
    value: "F",
    meaning: "write every time that the seed draws into F, and run nothing",
  },
  threads: { value: "N", meaning: "threads that make load (1)" },
  nats: {
    value: "URL",
    meaning:
      "run on agents at this NATS server: nats://HOST:PORT, with a token or a user and a password before an @; @F: the URL is in the file F (NATS_URL, token NATS_TOKEN)",
  },
  "nats-creds": { value: "F", meaning: "file of credentials for --nats" },
  agents: {
    value: "N",
    meaning:
      "run on agents, and wait for so many, 10 s at most, or take all that are there (all, the default with --nats)",
  },
  "allow-target": {
    value: "ADDR",
    repeatable: true,
    meaning:
      "an address outside of loopback and private ranges that load may go to, repeatable (none)",
  },
  "allow-hostile": {
    meaning: "agent: run groups of hostile peers too, never against a public address",
  },
  schema: { meaning: "print the JSON schema of scenario files" },
  list: { meaning: "list the scenarios that come along" },
});
