import test from "ava";
import { parseArguments } from "../../src/arguments/parse-arguments.ts";
import { UsageError } from "../../src/arguments/usage-error.ts";

const parses = test.macro((t, words: string, expected: object) => {
  t.like(parseArguments(["load-test", ...words.split(" ")]), expected);
});
const refuses = test.macro((t, words: string, message: RegExp) => {
  t.throws(() => parseArguments(["load-test", ...words.split(" ").filter((word) => word !== "")]), {
    instanceOf: UsageError,
    message,
  });
});

test("a file runs with its own numbers", (t) => {
  t.deepEqual(parseArguments(["load-test", "a.yaml"]), {
    command: "load-test",
    task: {
      call: "file",
      source: "a.yaml",
      targets: [],
      torrent: undefined,
      seed: undefined,
      budgets: [],
      result: undefined,
      report: undefined,
      format: "html",
      metrics: undefined,
      intents: undefined,
      threads: undefined,
      nats: undefined,
      agents: undefined,
      allowTargets: [],
    },
    json: false,
    quiet: false,
  });
});
test(
  "a file takes targets, a seed, budgets and files of results",
  parses,
  "a.yaml --target client=[::1]:6881 --target udp://127.0.0.1:1 --random-seed 4294967295 --budget errors<1% --result r.json --report r.html --prometheus m.txt --threads 2 --allow-target [2001:db8::7] --json",
  {
    task: {
      targets: ["client=[::1]:6881", "udp://127.0.0.1:1"],
      seed: 4_294_967_295,
      budgets: ["errors<1%"],
      result: "r.json",
      report: "r.html",
      metrics: { kind: "file", path: "m.txt" },
      threads: 2,
      allowTargets: ["2001:db8::7"],
    },
    json: true,
  },
);
test("measures may be at a port", parses, "a.yaml --prometheus 9464", {
  task: { metrics: { kind: "port", port: 9_464 } },
});
test("peers have defaults", parses, "peers --target 127.0.0.1:6881", {
  task: {
    call: "short",
    kind: "peers",
    targets: ["127.0.0.1:6881"],
    count: 100,
    forMs: 30_000,
    perSecond: undefined,
    depth: undefined,
    behaviour: undefined,
    take: undefined,
    pattern: { sizeBytes: undefined, pieceBytes: undefined, name: undefined },
  },
});
test(
  "peers have a torrent, a behaviour, pieces and an open load",
  parses,
  "peers --target h:1 --count 1000 --for 2m --rate 1000/s --behaviour free-rider --take 4 --torrent a.torrent --data D",
  {
    task: {
      count: 1_000,
      forMs: 120_000,
      perSecond: 1_000,
      behaviour: "free-rider",
      take: 4,
      torrent: { file: "a.torrent", data: "D" },
    },
  },
);
test("a tracker has a closed load", parses, "tracker --target udp://h:1 --depth 8", {
  task: { call: "short", kind: "tracker", depth: 8 },
});
test("a DHT node has an open load", parses, "dht --target h:1 --rate 0.5", {
  task: { call: "short", kind: "dht", perSecond: 0.5 },
});
test(
  "a run may use agents",
  parses,
  "a.yaml --nats nats://h:4222 --nats-creds c.creds --agents 3",
  { task: { nats: { url: "nats://h:4222", credentialsFile: "c.creds" }, agents: 3 } },
);
test("agents without a server use that of NATS_URL", parses, "a.yaml --agents 2", {
  task: { nats: { url: undefined }, agents: 2 },
});
test("a run takes all agents that are there", parses, "a.yaml --agents all", {
  task: { nats: { url: undefined }, agents: undefined },
});
test(
  "an agent obeys its own command line",
  parses,
  "agent --nats nats://h:4222 --name one --threads 2 --allow-target 192.0.2.1 --allow-hostile",
  {
    task: {
      call: "agent",
      nats: { url: "nats://h:4222", credentialsFile: undefined },
      name: "one",
      threads: 2,
      allowTargets: ["192.0.2.1"],
      allowHostile: true,
    },
  },
);
test("several results stand on each side", parses, "compare a b --with c d --budget x<2", {
  task: { call: "compare", base: ["a", "b"], other: ["c", "d"], budgets: ["x<2"] },
});
test("options may stand among results", parses, "compare a --report r.html --with c --json d", {
  task: { base: ["a"], other: ["c", "d"], report: "r.html" },
  json: true,
});
test("saved results get a report on stdout or in a file", parses, "report a b", {
  task: { call: "report", results: ["a", "b"], report: undefined, format: "html" },
});
test("a report may be JUnit XML", parses, "report a --format junit --report j.xml", {
  task: { call: "report", results: ["a"], report: "j.xml", format: "junit" },
});
test("a run may write JUnit XML", parses, "a.yaml --format junit --report j.xml", {
  task: { call: "file", report: "j.xml", format: "junit" },
});
test("a pattern torrent has a size and a file", parses, "torrent --size 1TiB --save t --name n", {
  task: { call: "torrent", save: "t", sizeBytes: 1024 ** 4, pieceBytes: undefined, name: "n" },
});
test("the data of a pattern torrent has a folder", parses, "data --size 64M --piece 16K --dir D", {
  task: { call: "data", directory: "D", sizeBytes: 64 * 1024 ** 2, pieceBytes: 16_384 },
});
test("the schema is printed", parses, "--schema", { task: { call: "schema" } });
test("scenarios are listed", parses, "--list --json", { task: { call: "list" }, json: true });

test("a FILE, a NAME or a call is needed", refuses, "", /needs a FILE, .*peers, tracker, dht/);
test("two files are refused", refuses, "a.yaml b.yaml", /one FILE or NAME, not 2/);
test(
  "the nearest call is suggested for a misspelt one",
  refuses,
  "comprae a b",
  /did you mean compare\?/,
);
test("peers need a target", refuses, "peers", /load-test peers needs --target A/);
test("peers take one target", refuses, "peers --target a:1 --target b:1", /takes one --target/);
test("peers take no argument", refuses, "peers a --target a:1", /takes no argument, not 1/);
test(
  "open and closed load exclude each other",
  refuses,
  "dht --target a:1 --rate 1 --depth 1",
  /exclude/,
);
test(
  "a rate is a number in a second, a minute or an hour",
  refuses,
  "dht --target a:1 --rate 5/d",
  /--rate takes .*"5\/d"/,
);
test(
  "a tracker has no pieces",
  refuses,
  "tracker --target udp://h --take 4",
  /no option --take .*tracker/,
);
test(
  "a file has no count",
  refuses,
  "a.yaml --count 4",
  /no option --count for troupe load-test FILE/,
);
test("an agent runs no file", refuses, "agent --nats n --result r", /no option --result .*agent/);
test("credentials need a server", refuses, "a.yaml --nats-creds f", /--nats-creds needs --nats/);
test(
  "only an agent allows hostile peers",
  refuses,
  "a.yaml --allow-hostile",
  /no option --allow-hostile/,
);
test("a comparison has two sides", refuses, "compare a b", /on both sides/);
test("a comparison needs results before --with", refuses, "compare --with a b", /on both sides/);
test("a report needs results", refuses, "report", /report needs results/);
test("a format needs a report", refuses, "a.yaml --format junit", /--format needs --report F/);
test("no other format is known", refuses, "report a --format csv", /html, junit, not "csv"/);
test("a .torrent needs a place", refuses, "torrent --size 1M", /load-test torrent needs --save F/);
test("content needs its torrent", refuses, "a.yaml --data D", /--data needs --torrent F/);
test(
  "a torrent has its own size",
  refuses,
  "peers --target a:1 --torrent t --size 1M",
  /--size is of a pattern/,
);
test("a name cannot be allowed", refuses, "a.yaml --allow-target h", /an IPv4 or IPv6 address/);
test("a seed has 32 bits", refuses, "a.yaml --random-seed 4294967296", /4294967295/);
test(
  "more peers than a run may have are refused",
  refuses,
  "peers --target a:1 --count 20001",
  /1 to 20000/,
);
test("the schema takes no file", refuses, "a.yaml --schema", /--schema takes no other argument/);
test(
  "an option of downloads is refused by a load test",
  refuses,
  "a.yaml --ratio 1",
  /no option --ratio/,
);
