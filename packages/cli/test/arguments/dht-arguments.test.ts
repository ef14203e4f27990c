import test from "ava";
import { parseArguments } from "../../src/arguments/parse-arguments.ts";
import { UsageError } from "../../src/arguments/usage-error.ts";

const infoHash = "ab".repeat(20);

const parses = test.macro((t, words: string, expected: object) => {
  t.like(parseArguments(words.split(" ")), expected);
});
const refuses = test.macro((t, words: string, message: RegExp) => {
  t.throws(() => parseArguments(words.split(" ")), { instanceOf: UsageError, message });
});

test("an info-hash is read in either case", parses, `dht get-peers ${infoHash.toUpperCase()}`, {
  command: "dht",
  task: { call: "get-peers", infoHash },
  isReadOnly: true,
  repeats: false,
});
test("an announce has a port", parses, `dht announce ${infoHash} 6881 --repeat`, {
  task: { call: "announce", infoHash, port: 6_881 },
  repeats: true,
});
test("a node of `run` serves", parses, "dht run --port 7 --dht-node [::1]:8 --no-routers", {
  task: { call: "run" },
  engine: { port: [7] },
  nodes: [{ host: "::1", port: 8 }],
  useRouters: false,
  isReadOnly: false,
});
test("limits of a node that are not named are those of the node", parses, "dht run", {
  limits: {},
});
test(
  "limits of a node have units, and 0 lifts them",
  parses,
  "dht run --answer-rate 1M --unproven-answer-rate 64k --queries-per-address 0",
  {
    limits: {
      answerBytesPerSecond: 1_048_576,
      unprovenBytesPerSecond: 65_536,
      queriesPerAddress: Infinity,
    },
  },
);
test(
  "a limit at which a node does not work is refused",
  refuses,
  "dht run --answer-rate 9",
  /1000/,
);
test(
  "a node that answers nobody has no limits",
  refuses,
  "dht buckets --answer-rate 0",
  /there is no option --answer-rate for troupe dht buckets/,
);
test("a ping names a node", parses, "dht ping [2001:db8::7]:6881", {
  task: { call: "ping", host: "2001:db8::7", port: 6_881 },
});
test("a put may have a key", parses, "dht put x --secret-key F --salt s --sequence 3 --cas 2", {
  task: { call: "put", value: "x", secretKeyFile: "F", salt: "s", sequence: 3, compareAndSwap: 2 },
});
test("a call is needed", refuses, "dht", /dht needs a call: get-peers, /);
test("an unknown call is refused", refuses, "dht get-peer x", /no troupe dht get-peer.*get-peers/);
test("a short info-hash is refused", refuses, "dht get-peers ab", /INFO-HASH/);
test("an announce without a port is refused", refuses, `dht announce ${infoHash}`, /PORT/);
test("port 0 is refused", refuses, `dht announce ${infoHash} 0`, /1 to 65535/);
test(
  "an option of another call is refused by a look into the DHT",
  refuses,
  "dht buckets --salt s",
  /no option --salt/,
);
test("a salt needs a key", refuses, "dht put x --salt s", /--salt needs --secret-key/);
test("a target has no salt", refuses, `dht get ${infoHash} --salt s`, /needs a PUBLIC-KEY/);
test(
  "an option of downloads is refused by a look into the DHT",
  refuses,
  "dht run --dir D",
  /troupe dht/,
);
