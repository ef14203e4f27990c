import test from "ava";
import type { ExecutionContext } from "ava";
import { parseArguments, type TransferInvocation } from "../../src/arguments/parse-arguments.ts";
import { UsageError } from "../../src/arguments/usage-error.ts";

const parses = test.macro((t: ExecutionContext, line: string, expected: object) => {
  t.like(parseArguments(line.split(" ")), expected);
});

const refuses = test.macro((t: ExecutionContext, line: string, sentence: RegExp) => {
  const words = line === "" ? [] : line.split(" ");
  const error = t.throws(() => parseArguments(words), { instanceOf: UsageError });
  t.regex(error.message, sentence);
});

test("a bare source is downloaded, and sets nothing", (t) => {
  t.deepEqual(parseArguments(["a.torrent"]), {
    command: "download",
    sources: ["a.torrent"],
    sourceLists: [],
    engine: {},
    add: {},
    select: undefined,
    onComplete: undefined,
    priorities: [],
    modules: {
      picker: undefined,
      choker: undefined,
      extensions: [],
      store: undefined,
      hasher: undefined,
    },
    keepSeeding: false,
    giveUpAfterMs: undefined,
    json: false,
    jsonEvents: undefined,
    quiet: false,
    logLevel: undefined,
    logFile: undefined,
    warnings: [],
  });
});

test("`download` can be written out", parses, "download a.torrent b.torrent", {
  command: "download",
  sources: ["a.torrent", "b.torrent"],
});
test("a file with the name of a call is given by its path", parses, "./seed", {
  command: "download",
  sources: ["./seed"],
});
test("options stand before, between and after", parses, "--json seed --dir D a.torrent --port 7", {
  command: "seed",
  sources: ["a.torrent"],
  engine: { directory: "D", port: [7] },
  json: true,
});
test("a value may follow an equals sign", parses, "check --dir=D a.torrent", {
  command: "check",
  source: "a.torrent",
  engine: { directory: "D" },
});
test("after -- everything is a source", parses, "-- --odd.torrent", {
  sources: ["--odd.torrent"],
});
test("ports are lists and ranges, each once", parses, "a --port 7000,6881-6883,6882,0", {
  engine: { port: [7000, 6881, 6882, 6883, 0] },
});
test("repeatable options add up", parses, "a --peer 1.2.3.4:5 --peer [2001:db8::7]:6 --bind ::1", {
  add: {
    peers: [
      { host: "1.2.3.4", port: 5 },
      { host: "2001:db8::7", port: 6 },
    ],
  },
  engine: { bind: ["::1"] },
});
test("trackers are added and left out", parses, "a --tracker http://t/announce --no-trackers", {
  add: { trackers: ["http://t/announce"], useTrackers: false },
});
test(
  "trackers speak HTTP and UDP, and the way to announce to them can be chosen",
  parses,
  "a --tracker udp://t:1/announce --announce strict",
  { add: { trackers: ["udp://t:1/announce"], announce: "strict" } },
);
test("another way to announce is refused", refuses, "a --announce some", /parallel, strict, all/);
test(
  "each way of discovery can be switched off",
  parses,
  "a --no-pex --no-lsd --no-dht --no-port-mapping",
  { engine: { peerExchange: false, localDiscovery: false, dht: false, portMapping: false } },
);
test("L11: a family may be off", parses, "a --family ipv4", {
  engine: { addressFamilies: ["ipv4"] },
});
test("L11: the preferred family comes first", parses, "a --family ipv6,ipv4", {
  engine: { addressFamilies: ["ipv6", "ipv4"] },
});
test("L11: another family is refused", refuses, "a --family ipv5", /--family takes ipv4, ipv6, or/);
test("L12: a transfer may be anonymous", parses, "a --anonymous", { engine: { anonymous: true } });
test(
  "nodes of the DHT may be given",
  parses,
  "a --dht-node router.example:6881 --dht-node [2001:db8::1]:1",
  {
    engine: {
      dht: {
        nodes: [
          { host: "router.example", port: 6_881 },
          { host: "2001:db8::1", port: 1 },
        ],
      },
    },
  },
);
test("a node of the DHT needs a port", refuses, "a --dht-node router.example", /--dht-node takes/);
test(
  "a node without the DHT is refused",
  refuses,
  "a --no-dht --dht-node a:1",
  /exclude each other/,
);
test("sizes are powers of 1024", parses, "a --memory 1.5G", {
  engine: { memory: 1.5 * 1024 ** 3 },
});
test("sizes may name their unit in full", parses, "demo --size 64MiB", {
  sizeBytes: 64 * 1024 ** 2,
});
test("--seed stays after completion", parses, "a --seed", { keepSeeding: true });
test("seed always stays", parses, "seed a", { keepSeeding: true });
test("--version wins over everything", parses, "seed --version", { command: "version" });
test("--help explains the call it stands with", parses, "seed --help", {
  command: "help",
  topic: "seed",
});
test("-h alone gives the overview", (t) => {
  t.deepEqual(parseArguments(["-h"]), { command: "help", topic: undefined });
});
test("a misspelt option gets the nearest of this call alone", (t) => {
  const refusalOf = (line: string): string | undefined =>
    t.throws(() => parseArguments(line.split(" ")), { instanceOf: UsageError })?.message;
  t.is(refusalOf("a --foo"), "there is no option --foo");
  t.is(refusalOf("load-test a.yaml --foo"), "there is no option --foo; did you mean --for?");
  const error = t.throws(() => parseArguments(["seed", "a", "-z"]), { instanceOf: UsageError });
  t.is(error.command, "seed", "its help has the options");
});
test(
  "a number below 0 is a wrong value, not a missing one",
  refuses,
  "a --down -1",
  /--down takes a size .*not "-1"/,
);
test("a list of sources needs no other source", parses, "-i list -i -", {
  sources: [],
  sourceLists: ["list", "-"],
});
test("help names a call", parses, "help check", { command: "help", topic: "check" });

test("no arguments print the help", (t) => {
  t.deepEqual(parseArguments([]), { command: "help", topic: undefined });
});
test("a download without a source is refused", refuses, "--json", /SOURCE/);
test("short options stand for long ones", parses, "a -d D -p 7 -q -s 1,3", {
  engine: { directory: "D", port: [7] },
  quiet: true,
  select: [
    { first: 1, last: 1 },
    { first: 3, last: 3 },
  ],
});
test(
  "a short option that lacks its value is refused",
  refuses,
  "a -d",
  /-d needs a value: --dir D/,
);
test("a time is a number and a unit", parses, "a --give-up 10m", { giveUpAfterMs: 600_000 });
test("a plain time is in seconds", parses, "seed a --give-up 90", { giveUpAfterMs: 90_000 });
test("an empty time is refused", refuses, "a --give-up 0s", /at least a second/);
test("a time with an unknown unit is refused", refuses, "a --give-up 3w", /90s, 10m, 2h or 1d/);
test(
  "goals of seeding keep a download seeding",
  parses,
  "a --ratio 1.5 --seed-time 2h --seed-until all",
  {
    keepSeeding: true,
    add: { goals: { ratio: 1.5, seedSeconds: 7_200, until: "all" } },
  },
);
test("a download that super-seeds stays", parses, "a --super-seed", {
  keepSeeding: true,
  add: { superSeed: true },
});
test(
  "AE27: a picker, a choker, extensions, a store and a hasher are named",
  parses,
  "a --picker p --choker ./c --extension e --extension f --store s --hasher h",
  { modules: { picker: "p", choker: "./c", extensions: ["e", "f"], store: "s", hasher: "h" } },
);
test("AE27: no module is the default", parses, "a", {
  modules: { picker: undefined, extensions: [] },
});
test(
  "AE27: a picker of pieces in order is refused",
  refuses,
  "a --picker p --sequential",
  /--picker and --sequential exclude each other/,
);
test("AE27: a seed picks no piece", refuses, "seed a --picker p", /no option --picker/);
test("AE27: a seed hashes no downloaded piece", refuses, "seed a --hasher h", /no option --hasher/);
test("AE27: a second choker is refused", refuses, "a --choker c --choker d", /given twice/);
test("a seed has no goal by itself", parses, "seed a", {
  keepSeeding: true,
  add: { goals: undefined },
});
test(
  "a time of seeding beyond thirty years is refused",
  refuses,
  "a --seed-time 20000d",
  /--seed-time takes .* 1000000000s at most .*, not "20000d"/,
);
test("a ratio of 0 is refused", refuses, "a --ratio 0", /a number above 0, 1000000 at most/);
test(
  "a ratio that is no number is refused",
  refuses,
  "a --ratio -1",
  /--ratio takes a number above 0/,
);
test(
  "--seed-until alone is refused",
  refuses,
  "a --seed-until all",
  /needs --ratio or --seed-time/,
);
test("--seed-until takes two words", refuses, "a --ratio 1 --seed-until never", /takes any, all/);
test("limits are bytes a second", parses, "a --down 5M --up 800k", {
  engine: { limits: { down: 5_242_880, up: 819_200 } },
});
test(
  "--schedule adds up to a list of periods",
  parses,
  "a --schedule 08:00-18:00=500k/0 --schedule fri@00:00-00:00=1k/1k --down 0",
  {
    engine: {
      limits: {
        down: 0,
        schedule: [
          { from: "08:00", to: "18:00", down: 512_000, up: 0 },
          { days: ["fri"], from: "00:00", to: "00:00", down: 1_024, up: 1_024 },
        ],
      },
    },
  },
);
test(
  "L13, E10, E11: --layout, --part-suffix and --rename name the files",
  parses,
  "a --layout no-folder --part-suffix .!qB --rename A/1=A/one --rename B=C=D",
  {
    add: {
      layout: "no-folder",
      partSuffix: ".!qB",
      renames: [
        { from: "A/1", to: "A/one" },
        { from: "B", to: "C=D" },
      ],
    },
  },
);
test("L13: an unknown layout is refused", refuses, "a --layout flat", /takes own, folder/);
for (const rename of ["A", "A=", "=B"])
  test(`E11: --rename ${rename} is refused`, refuses, `a --rename ${rename}`, /takes two paths/);
for (const suffix of ["part", ".", ".a/b", ".a.b", `.${"x".repeat(16)}`])
  test(
    `E10: --part-suffix ${suffix} is refused`,
    refuses,
    `a --part-suffix ${suffix}`,
    /takes a dot and 1 to 15 letters/,
  );
test("a limit below 1,000 bytes is refused", refuses, "a --up 2", /at least 1000 bytes/);
test("an unknown option is refused", refuses, "a --colour", /no option --colour/);
test("an unknown short option is refused", refuses, "a -x", /no option -x/);
test(
  "an option of a later release is unknown",
  refuses,
  "a --super-seeding",
  /no option --super-seeding/,
);
test("an option of another call is refused", refuses, "info a --dir D", /troupe info/);
test("--seed is refused for check", refuses, "check a --seed", /troupe check/);
test("an option without its value is refused", refuses, "a --dir --json", /--dir needs a value/);
test("a missing value at the end is refused", refuses, "a --dir", /--dir needs a value/);
test("an empty value is refused", refuses, "a --dir=", /--dir needs a value/);
test("a value for a switch is refused", refuses, "a --json=yes", /--json takes no value/);
test("an option given twice is refused", refuses, "a --dir A --dir B", /--dir was given twice/);
test("check takes one torrent", refuses, "check a b", /one TORRENT, not 2/);
test("info needs a source", refuses, "info", /needs a SOURCE/);
test("demo takes no source", refuses, "demo a", /no SOURCE/);
test("help for an unknown call is refused", refuses, "help dance", /"dance"/);
test("a port over 65535 is refused", refuses, "a --port 65536", /65535/);
test("a range that runs backwards is refused", refuses, "a --port 9-8", /"9-8"/);
test("an empty piece of a list is refused", refuses, "a --port 1,,2", /"1,,2"/);
test("too many ports are refused", refuses, "a --port 1-9999", /1024 ports at most/);
test("a peer without a port is refused", refuses, "a --peer 1.2.3.4", /HOST:PORT/);
test("an IPv6 peer without brackets is refused", refuses, "a --peer ::1:6881", /HOST:PORT/);
test("a peer on port 0 is refused", refuses, "a --peer 1.2.3.4:0", /HOST:PORT/);
test("a name cannot be bound", refuses, "a --bind localhost", /local address/);
test(
  "a tracker that speaks neither HTTP nor UDP is refused",
  refuses,
  "a --tracker wss://t:1",
  /http.*udp/,
);
test("web seeds are added", parses, "a --web-seed http://w/d/ --web-seed https://x/a", {
  add: { webSeeds: ["http://w/d/", "https://x/a"] },
});
test(
  "a web seed that is no web server is refused",
  refuses,
  "a --web-seed ftp://w/",
  /http.*https/,
);
test("a web seed is for downloads alone", refuses, "seed a --web-seed http://w/", /--web-seed/);
test("less memory than a slab needs is refused", refuses, "a --memory 10k", /1048576/);
test("a negative size is refused", refuses, "a --memory=-1M", /size/);
test("a size with an unknown unit is refused", refuses, "a --memory 64X", /size/);
test(
  "the limits of the queue are counts",
  parses,
  "a b --max-downloads 1 --max-seeds 2 --max-checks 3",
  { engine: { maxActiveDownloads: 1, maxActiveSeeds: 2, maxChecks: 3 } },
);
test("zero downloads are refused", refuses, "a --max-downloads 0", /from 1 to/);
test("a seed has no limit of downloads", refuses, "seed a --max-downloads 1", /for troupe seed/);
test("upload slots are a number or a word", parses, "a --upload-slots all --no-upload", {
  engine: { uploadSlots: "all" },
  add: { upload: false },
});
test("connections are a setting of the engine and of its torrents", parses, "a --max-peers 7", {
  engine: { maxPeers: 7 },
  add: { maxPeers: 7 },
});
test("--verify is an argument of each `add`", parses, "seed a --verify full", {
  add: { verify: "full" },
});
test("zero upload slots are refused", refuses, "a --upload-slots 0", /rate, all, or/);
test("a seed without uploads is refused", refuses, "seed a --no-upload", /--no-upload/);
test("zero peers are refused", refuses, "a --max-peers 0", /from 1 to/);
test("a fraction of a thread is refused", refuses, "a --peer-workers 1.5", /whole number/);
test("control characters of a wrong option are not shown", (t) => {
  const error = t.throws(() => parseArguments(["a", "--\u001b[2Jx"]));
  t.false(error.message.includes("\u001b"));
});

test("a misspelt word gets the nearest word", (t) => {
  const refusalOf = (line: string): string | undefined =>
    t.throws(() => parseArguments(line.split(" ")), { instanceOf: UsageError })?.message;
  t.is(
    refusalOf("a.torrent --sequental"),
    "there is no option --sequental; did you mean --sequential?",
  );
  t.is(refusalOf("a.torrent --pere x"), "there is no option --pere; did you mean --peer?");
  t.is(refusalOf("a.torrent --zzz"), "there is no option --zzz");
  t.is(refusalOf("help chekc"), 'there is no call "chekc" to explain; did you mean check?');
  t.is(refusalOf("help everything"), 'there is no call "everything" to explain');
});

test("`help display` and the shells of `completion` are parsed", (t) => {
  t.deepEqual(parseArguments(["help", "display"]), { command: "help", topic: "display" });
  t.deepEqual(parseArguments(["completion", "zsh"]), { command: "completion", shell: "zsh" });
  for (const words of [["completion"], ["completion", "csh"], ["completion", "zsh", "bash"]]) {
    t.throws(() => parseArguments(words), { instanceOf: UsageError, message: /bash.*zsh.*fish/ });
  }
});
test(
  "D06: a transfer may go through a proxy",
  parses,
  "a --proxy socks5://h:1 --proxy-for trackers",
  {
    engine: { proxy: "socks5://h:1", proxyFor: "trackers" },
  },
);
test("D06: another address of a proxy is refused, and not shown", (t) => {
  const error = t.throws(() => parseArguments(["a", "--proxy", "ftp://ann:secret@h"]));
  t.regex(error?.message ?? "", /--proxy takes socks5:\/\/HOST:PORT or .*, not another text/);
  t.false(error?.message.includes("secret"));
});
test("D06: a password on the command line gets a warning that does not show it", (t) => {
  const line = ["a", "--proxy", "socks5://ann:secret@h:1"];
  const [warning] = parseTransfer(line).warnings;
  t.is(warning?.code, "proxy-password-visible");
  t.false(warning?.message.includes("secret"));
  t.deepEqual(parseTransfer(["a", "--proxy", "socks5://h:1"]).warnings, []);
});

function parseTransfer(line: readonly string[]): TransferInvocation & Warned {
  const invocation = parseArguments(line);
  if (invocation.command !== "download") throw new Error("bug: another command");
  return invocation;
}

type Warned = { readonly warnings: readonly { readonly code: string; readonly message: string }[] };
