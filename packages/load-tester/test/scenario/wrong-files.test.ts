// Wrong scenario files: each gives one sentence with its place.

import test from "ava";
import { leechers, read } from "../support/scenarios.ts";

/** A change of a line of `leechers`, and the place and the sentence of the fault. */
type Wrong = readonly [change: string, place: string, sentence: string | RegExp];

/** `from → to` replaces a part of the text; other texts stand for the whole file. */
const wrong: Readonly<Record<string, Wrong>> = {
  "a misspelt key of the file": [
    "phases: → phase:",
    "15:1",
    /^there is no key "phase"; allowed are name, .*; did you mean phases\?$/,
  ],
  "a group without a name": [
    "targets: { client: 127.0.0.1:1 }\ngroups: { behaviour: leecher, count: 5 }\nphases: { all: 1s }",
    "2:22",
    'groups.behaviour is "leecher"; allowed is a mapping with behaviour and count',
  ],
  "a torrent without a name": [
    "payload: { size: 64MiB, piece: 256KiB } → size: 64MiB",
    "6:9",
    'torrents.size is "64MiB"; allowed is a mapping with size (a pattern torrent), or with file',
  ],
  "a rate beside the load": [
    "take: 4 → rate: 500/s",
    "12:5",
    /^there is no key "rate" in groups\.leech; allowed are behaviour, .*, arrival, .*, load$/,
  ],
  "a result in place of a scenario": [
    '{ "format": "troupe-load-test", "version": 1 }',
    "1:3",
    /^there is no key "format"; allowed are name, about, seed, /,
  ],
  "a duration without phases": [
    "phases:\n  ramp: 10s\n  steady: 20s → duration: 30s",
    "15:1",
    /^there is no key "duration"; allowed are .*, phases, /,
  ],
  "an open load that begins before its peers have come": [
    "take: 4 → load: { rate: 50/s, from: ramp }",
    "12:31",
    /^groups\.leech\.load\.from begins at 0ms, before the last of 100 peers comes at 1980ms/,
  ],
  "an open load that ends before its peers have come": [
    "take: 4 → load: { rate: 50/s, until: ramp }",
    "12:32",
    /^groups\.leech\.load\.until ends the load at 0ms, not after the last of 100 peers comes at 1980ms/,
  ],
  "a last peer that comes at the end of the run": [
    "arrival: { rate: 50/s } → arrival: { rate: 3.3/s }",
    "13:22",
    "groups.leech.arrival.rate brings the last of 100 peers 30000ms after the start; allowed is a time before the end of the run at 30000ms",
  ],
  "another spelling of a key": [
    "behaviour: leecher → behavior: leecher",
    "8:3",
    /^groups\.leech lacks the key "behaviour"; allowed is leecher, /,
  ],
  "a number of pieces in words": [
    "take: 4 → take: 4 pieces",
    "12:11",
    'groups.leech.take is "4 pieces"; allowed is all, endless, or a whole number of pieces',
  ],
  "a rate in place of an arrival": [
    "arrival: { rate: 50/s } → arrival: 50/s",
    "13:14",
    'groups.leech.arrival is "50/s"; allowed is at-once, or a mapping with one of rate, ramp, poisson, crowd and times',
  ],
  "a rate in place of a load": [
    "take: 4 → load: 50/s",
    "12:11",
    'groups.leech.load is "50/s"; allowed is a mapping with rate (open load) or depth (closed load)',
  ],
  "phases in a list": [
    "  ramp: 10s\n  steady: 20s →   - ramp: 10s\n  - steady: 20s",
    "16:3",
    /^phases is a list of 2; allowed is a mapping of names to times/,
  ],
  "a program in place of a target": [
    "client: 127.0.0.1:6881 → client: ours",
    "4:11",
    /^targets\.client is "ours"; allowed is HOST:PORT .*, in a file as \{ start: ours \}: ours, libtorrent/,
  ],
  "a misspelt program in place of a target": [
    "client: 127.0.0.1:6881 → client: transmision",
    "4:11",
    /^targets\.client is "transmision"; allowed is HOST:PORT .*; did you mean transmission\?$/,
  ],
  "a misspelt key of a group": [
    "take: 4 → tkae: 4",
    "12:5",
    /^there is no key "tkae" in groups\.leech; .*did you mean take\?$/,
  ],
  "a misspelt key in place of one that is needed": [
    "count: 100 → cuont: 100",
    "11:5",
    /^there is no key "cuont" in groups\.leech; .*did you mean count\?$/,
  ],
  "a key of another behaviour": [
    "take: 4 → swarms: 4",
    "12:5",
    /^there is no key "swarms" in groups\.leech; allowed are behaviour, /,
  ],
  "a misspelt behaviour": [
    "leecher\n → leacher\n",
    "10:16",
    /^groups\.leech\.behaviour is "leacher"; allowed is leecher, .*; did you mean leecher\?$/,
  ],
  "a protocol of a client": [
    "client: 127.0.0.1:6881 → client: { start: ours, over: udp }",
    "4:26",
    "targets.client.over has no meaning for a client",
  ],
  "a client that is started without DHT, as a node": [
    "client: 127.0.0.1:6881 → client: { start: transmission, as: dht }",
    "4:20",
    'targets.client.start is "transmission"; allowed is one of ours, libtorrent beside as: dht',
  ],
  "a group without a behaviour": [
    "    behaviour: leecher\n → ",
    "8:3",
    /^groups\.leech lacks the key "behaviour"; allowed is leecher, .*, dht$/,
  ],
  "a group without a count": ["    count: 100\n → ", "8:3", 'groups.leech lacks the key "count"'],
  "a file without groups": [
    "targets: { client: 127.0.0.1:1 }\nphases: { all: 1s }",
    "1:1",
    'the file lacks the key "groups"',
  ],
  "no group": [
    "targets: { client: 127.0.0.1:1 }\ngroups: {}\nphases: { all: 1s }",
    "2:9",
    /^groups is a mapping of 0; allowed is a mapping of names to groups such as \{ leech: \{ behaviour: leecher, count: 10 \} \}, 1 to 100/,
  ],
  "a count of 0": [
    "100 → 0",
    "11:12",
    "groups.leech.count is 0; allowed is a whole number from 1 to 20000",
  ],
  "a fraction of a peer": [
    "100 → 1.5",
    "11:12",
    "groups.leech.count is 1.5; allowed is a whole number from 1 to 20000",
  ],
  "more peers than a run may have": [
    "100 → 20001",
    "11:12",
    "groups.leech.count is 20001; allowed is a whole number from 1 to 20000",
  ],
  "more peers in all groups than a run may have": [
    "phases: →   more: { behaviour: idle, count: 19901 }\nphases:",
    "15:35",
    "groups.more.count makes 20001 peers in all groups; allowed are 20000",
  ],
  "a time without a unit": [
    "ramp: 10s → ramp: 10",
    "16:9",
    "phases.ramp is 10; allowed is a time such as 500ms, 30s, 2m or 1h",
  ],
  "a time with an unknown unit": [
    "ramp: 10s → ramp: 10sec",
    "16:9",
    'phases.ramp is "10sec"; allowed is a time such as 500ms, 30s, 2m or 1h',
  ],
  "a phase that is too short": [
    "ramp: 10s → ramp: 50ms",
    "16:9",
    'phases.ramp is "50ms"; allowed is a time from 100ms to 24h',
  ],
  "phases that are too long together": [
    "ramp: 10s → ramp: 24h",
    "16:3",
    "phases last 86420000ms together; allowed are 24h",
  ],
  "a rate without a unit": [
    "50/s → 50",
    "13:22",
    "groups.leech.arrival.rate is 50; allowed is a rate such as 500/s or 30/m",
  ],
  "a rate that is too high": [
    "50/s → 2000000/s",
    "13:22",
    'groups.leech.arrival.rate is "2000000/s"; allowed is a rate from 0.01/s to 1000000/s',
  ],
  "arrivals that the run is too short for": [
    "50/s → 2/s",
    "13:22",
    "groups.leech.arrival.rate brings the last of 100 peers 49500ms after the start; allowed is a time before the end of the run at 30000ms",
  ],
  "two kinds of an arrival": [
    "{ rate: 50/s } → { rate: 50/s, ramp: 5s }",
    "13:28",
    "groups.leech.arrival has both rate and ramp; allowed is one of rate, ramp, poisson, crowd, times",
  ],
  "a misspelt kind of an arrival": [
    "{ rate: 50/s } → { poison: 50/s }",
    "13:16",
    /^there is no key "poison" in groups\.leech\.arrival; .*did you mean poisson\?$/,
  ],
  "an arrival after the end": [
    "{ rate: 50/s } → { after: 30s }",
    "13:23",
    'groups.leech.arrival.after is "30s"; allowed is a time before the end of the run at 30000ms',
  ],
  "fewer times than peers": [
    "{ rate: 50/s } → { times: [1s, 2s] }",
    "13:23",
    "groups.leech.arrival.times has 2 times; allowed are at least as many as the count, 100",
  ],
  "a file of times that is not there": [
    "{ rate: 50/s } → { times: none.txt }",
    "13:23",
    'groups.leech.arrival.times: "/nowhere/none.txt" cannot be read (ENOENT)',
  ],
  "an unknown stay": [
    "stay: end → stay: forever",
    "14:11",
    'groups.leech.stay is "forever"; allowed is end, whole, a time such as 30s, or a mapping with ratio, exponential or log-normal',
  ],
  "an empty stay": [
    "stay: end → stay:",
    "14:10",
    /^groups\.leech\.stay is empty; allowed is end, /,
  ],
  "a stay without a kind": [
    "stay: end → stay: {}",
    "14:11",
    /^groups\.leech\.stay is a mapping of 0; allowed is end, /,
  ],
  "a spread without a log-normal stay": [
    "stay: end → stay: { exponential: 1s, sigma: 1 }",
    "14:30",
    "groups.leech.stay.sigma needs log-normal beside it",
  ],
  "churn without a time": [
    "stay: end → again-after: 5s",
    "14:5",
    /^groups\.leech\.again-after needs a stay that is a time, /,
  ],
  "more visits of drawn stays, most of them short, than a run may have": [
    "100\n    take: 4\n    arrival: { rate: 50/s }\n    stay: end → 20000\n    stay: { log-normal: 10ms, sigma: 5 }\n    again-after: 10ms",
    "13:18",
    "groups.leech.again-after makes 30020000 visits in all groups; allowed are 2000000",
  ],
  "more visits than a run may have": [
    "100\n    take: 4\n    arrival: { rate: 50/s }\n    stay: end → 2000\n    stay: 10ms\n    again-after: 10ms",
    "13:18",
    "groups.leech.again-after makes 3002000 visits in all groups; allowed are 2000000",
  ],
  "an idle peer that stays until it is whole": [
    "leecher\n    count: 100\n    take: 4\n    arrival: { rate: 50/s }\n    stay: end → idle\n    count: 1\n    stay: whole",
    "12:11",
    'groups.leech.stay is "whole"; allowed is end or a time, because these peers never become whole',
  ],
  "more pieces than the torrent has": [
    "take: 4 → take: 257",
    "12:11",
    "groups.leech.take is 257; allowed is all, endless, or a whole number from 1 to 256, the pieces of the torrent",
  ],
  "pieces by name": [
    "take: 4 → take: some",
    "12:11",
    'groups.leech.take is "some"; allowed is all, endless, or a whole number of pieces',
  ],
  "pieces beside an open load": [
    "stay: end → load: { rate: 5/s }",
    "12:5",
    "groups.leech.take has no meaning beside load.rate, which asks for blocks at random",
  ],
  "a load without a kind": [
    "stay: end → load: { from: steady }",
    "14:5",
    'groups.leech.load lacks the key "rate" or "depth"',
  ],
  "a load that is open and closed": [
    "stay: end → load: { rate: 5/s, depth: 4 }",
    "14:24",
    "groups.leech.load has both rate and depth; allowed is one of rate, depth",
  ],
  "a phase that is not there": [
    "take: 4\n → load: { rate: 5/s, from: stedy }\n",
    "12:30",
    'groups.leech.load.from is "stedy", and the file has no such phase; there are ramp, steady; did you mean steady?',
  ],
  "a load that ends before it begins": [
    "take: 4\n → load: { rate: 5/s, from: steady, until: ramp }\n",
    "12:45",
    'groups.leech.load.until is "ramp"; allowed is a phase after steady',
  ],
  "more actions than a run may have": [
    "take: 4\n → load: { rate: 1000000/s }\n",
    "12:19",
    "groups.leech.load.rate makes 30000000 actions of open loads; allowed are 20000000",
  ],
  "a target that is not there": [
    "target: client → target: cleint",
    "9:13",
    'groups.leech.target is "cleint", and the file has no such target; there are client; did you mean client?',
  ],
  "a target of another kind": [
    "client: 127.0.0.1:6881 → client: udp://127.0.0.1:6969",
    "9:13",
    'groups.leech.target is "client"; allowed is a target that is a client, because the behaviour is leecher',
  ],
  "a target without a port": [
    "127.0.0.1:6881 → 127.0.0.1",
    "4:11",
    /^targets\.client is "127\.0\.0\.1"; allowed is HOST:PORT such as 127\.0\.0\.1:6881 or /,
  ],
  "a target with a port that is none": [
    "127.0.0.1:6881 → 127.0.0.1:70000",
    "4:11",
    /^targets\.client is "127\.0\.0\.1:70000"; allowed is HOST:PORT such as /,
  ],
  "a program that is not known": [
    "127.0.0.1:6881 → { start: transmision }",
    "4:20",
    /^targets\.client\.start is "transmision"; allowed is ours, .*; did you mean transmission\?$/,
  ],
  "a setting of a program that is not started": [
    "127.0.0.1:6881 → { peer: 127.0.0.1:6881, has: whole }",
    "4:35",
    "targets.client.has has a meaning beside start only",
  ],
  "scrapes of a tracker whose URL gives none": [
    "targets: { t: http://127.0.0.1:6969/tracker }\ngroups: { a: { behaviour: tracker, count: 5, scrapes: 10% } }\nphases: { all: 1s }",
    "2:55",
    'groups.a.scrapes is "10%"; allowed is 0%, because the last part of the path of http://127.0.0.1:6969/tracker does not begin with "announce": such a tracker has no URL for scrapes',
  ],
  "peers of an open load that leave": [
    "take: 4\n    arrival: { rate: 50/s }\n    stay: end → load: { rate: 50/s }\n    stay: 5s",
    "13:11",
    'groups.leech.stay is "5s"; allowed is end beside load.rate, because peers that have left answer no action; write a group of its own for peers that come and go',
  ],
  "a torrent that is not there": [
    "take: 4 → torrent: paylod",
    "12:14",
    'groups.leech.torrent is "paylod", and the file has no such torrent; there are payload; did you mean payload?',
  ],
  "a torrent without content": [
    "{ size: 64MiB, piece: 256KiB } → {}",
    "6:3",
    'torrents.payload lacks the key "size" or "file"',
  ],
  "a piece length that is no power of two": [
    "256KiB → 100KiB",
    "6:34",
    'torrents.payload.piece is "100KiB"; allowed is a power of two from 16KiB to 32MiB',
  ],
  "a piece length that is too short": [
    "256KiB → 8KiB",
    "6:34",
    'torrents.payload.piece is "8KiB"; allowed is a size from 16KiB to 32MiB',
  ],
  "too many pieces": [
    "size: 64MiB → size: 1TiB",
    "6:33",
    "torrents.payload has 4194304 pieces of 256KiB; allowed are 800000, with longer pieces",
  ],
  "a size without a unit": [
    "64MiB → 64",
    "6:20",
    "torrents.payload.size is 64; allowed is a size such as 800k, 64MiB or 1TiB",
  ],
  "a name with a space": [
    "  leech:\n →   my leech:\n",
    "8:3",
    /^the name "my leech" in groups is not allowed; allowed is a name of a letter and up to 39 letters, /,
  ],
  "a seed that is no number": [
    "seed: 7 → seed: seven",
    "2:7",
    'seed is "seven"; allowed is a whole number from 0 to 4294967295',
  ],
  "source addresses that are too few": [
    "seed: 7 → sources: 10.77.0.0/28",
    "2:10",
    'sources is "10.77.0.0/28"; allowed is a prefix with an address for each of 100 peers (this one has 14), or system',
  ],
  "source addresses that are none": [
    "seed: 7 → sources: everywhere",
    "2:10",
    /^sources is "everywhere"; allowed is system, or a prefix such as /,
  ],
  "a budget that is a mapping": [
    "- request_block{leech,steady}.p99 < 50ms → - errors: 1%",
    "19:5",
    /^budgets\[0\] is a mapping of 1; allowed is a budget such as /,
  ],
  "an unknown kind of misbehaving peer": [
    "leecher\n    count: 100\n    take: 4 → hostile\n    count: 100\n    kinds: [bad-data, request-flod]",
    "12:23",
    'groups.leech.kinds[1] is "request-flod"; allowed is a kind of the catalogue, such as request-flood; did you mean request-flood?',
  ],
  "a drain of more than five seconds": [
    "budgets: → drain: 6s\nbudgets:",
    "18:8",
    /^drain is "6s"; allowed is a time from 0ms to 5s$/,
  ],
  "a timeout of misbehaving peers": [
    "leecher\n    count: 100\n    take: 4 → hostile\n    count: 100\n    timeout: 3s",
    "12:5",
    /^there is no key "timeout" in groups\.leech; allowed are /,
  ],
  "a kind of misbehaving peer that waits to be dialled": [
    "leecher\n    count: 100\n    take: 4 → hostile\n    count: 100\n    kinds: [silent-when-dialled]",
    "12:13",
    /^groups\.leech\.kinds\[0\] is "silent-when-dialled"; allowed is a kind of the catalogue/,
  ],
  "an unknown transport": [
    "take: 4 → transport: udp",
    "12:16",
    'groups.leech.transport is "udp"; allowed is tcp, utp; did you mean utp?',
  ],
  "a transport of misbehaving peers": [
    "leecher\n    count: 100\n    take: 4 → hostile\n    count: 100\n    transport: utp",
    "12:5",
    /^there is no key "transport" in groups\.leech; allowed are /,
  ],
  "a transport of nodes": [
    "client: 127.0.0.1:6881\ntorrents:\n  payload: { size: 64MiB, piece: 256KiB }\ngroups:\n  leech:\n    target: client\n    behaviour: leecher\n    count: 100\n    take: 4 → node: { dht: 127.0.0.1:6881 }\ngroups:\n  leech:\n    behaviour: dht\n    count: 100\n    transport: utp",
    "9:5",
    /^there is no key "transport" in groups\.leech; allowed are /,
  ],
  "a transport of tracker clients": [
    "client: 127.0.0.1:6881\ntorrents:\n  payload: { size: 64MiB, piece: 256KiB }\ngroups:\n  leech:\n    target: client\n    behaviour: leecher\n    count: 100\n    take: 4 → tracker: http://127.0.0.1:1/announce\ngroups:\n  leech:\n    behaviour: tracker\n    count: 100\n    transport: utp",
    "9:5",
    /^there is no key "transport" in groups\.leech; allowed are /,
  ],
  "peers over uTP at a program that has none": [
    "client: 127.0.0.1:6881\ntorrents:\n  payload: { size: 64MiB, piece: 256KiB }\ngroups:\n  leech:\n    target: client\n    behaviour: leecher\n    count: 100\n    take: 4 → client: { start: aria2 }\ntorrents:\n  payload: { size: 64MiB, piece: 256KiB }\ngroups:\n  leech:\n    behaviour: leecher\n    count: 100\n    transport: utp",
    "11:16",
    'groups.leech.transport is "utp"; allowed is tcp, because aria2 has no uTP',
  ],
  "a budget on an unknown measure": [
    "- request_block{ → - request_blok{",
    "19:5",
    /^budgets\[0\] is "request_blok\{leech,steady\}\.p99 < 50ms": .*did you mean request_block\?$/,
  ],
  "a budget on an unknown group": [
    "{leech,steady} → {leach,steady}",
    "19:19",
    /^budgets\[0\] is "request_block\{leach,steady\}\.p99 < 50ms": .*did you mean leech\?$/,
  ],
  "a quoted budget on an unknown phase": [
    "- request_block{leech,steady}.p99 < 50ms → - 'request_block{leech,stedy}.p99 < 50ms'",
    "19:26",
    /did you mean steady\?$/,
  ],
  "a budget without a bound, of an abort": [
    "name: leechers → abort: [{ budget: errors < }]",
    "1:27",
    /^abort\[0\]\.budget is "errors <": /,
  ],
  "a key that stands twice": [
    "stay: end → count: 100",
    "14:5",
    "the key groups.leech.count stands twice",
  ],
  "a bracket that is not closed": [
    "{ rate: 50/s } → { rate: 50/s",
    "14:5",
    /^the text is no YAML or JSON: /,
  ],
  "a tag": [
    "count: 100 → count: !count 100",
    "11:19",
    'groups.leech.count has the tag "!count"; allowed are plain values',
  ],
  "an alias that is not defined": [
    "take: 4 → take: *four",
    "12:11",
    'groups.leech.take is the alias of "four", which the file does not define above',
  ],
  "the key __proto__": ["stay: end → __proto__: {}", "14:5", 'there is no key "__proto__"'],
  "a second document": [
    "seed: 7 → seed: 7\n---",
    "3:1",
    "the file has a second document; allowed is one",
  ],
  "a list in place of a mapping": [
    "- a\n- b",
    "1:1",
    "the file is a list of 2; allowed is a mapping with targets, groups and phases",
  ],
  "an empty file": ["# nothing\n", "1:1", "the file is empty; allowed is a scenario"],
  "JSON that is cut": ['{ "targets": {', "1:15", /^the text is no YAML or JSON: /],
};

function apply(change: string): string {
  const parts = change.split(" → ");
  const [from = "", to = ""] = parts;
  if (parts.length === 1) return change;
  if (!leechers.includes(from)) throw new Error(`leechers has no ${from}`);
  return leechers.replace(from, () => to);
}

test("at least forty wrong files are read", (t) => {
  t.true(Object.keys(wrong).length >= 40);
});

for (const [title, [change, place, sentence]] of Object.entries(wrong)) {
  test(`refused with its place: ${title}`, (t) => {
    const error = t.throws(() => read(apply(change)), { code: "scenario-malformed" });
    const [, found = "", said = ""] = /^test\.yaml:(\d+:\d+): (.*)$/.exec(error.message) ?? [];
    t.is(found, place, error.message);
    if (typeof sentence === "string") t.is(said, sentence);
    else t.regex(said, sentence);
  });
}
