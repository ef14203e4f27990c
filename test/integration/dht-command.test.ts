// `troupe dht` on loopback: its nodes are processes, and further calls run in this process.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Dht } from "@troupe/dht-worker";
import test from "ava";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { beginInline } from "../support/programs/inline-command.ts";
import { startProcess, type RunningProcess } from "../support/programs/process.ts";
import { until } from "../support/time/until.ts";

const program = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const infoHash = "ab".repeat(20);

/** The end of a command. */
interface Outcome {
  readonly status: number | undefined;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  /** Lines that are no events: those of standard error. */
  readonly said: string;
}

interface Begun extends AsyncDisposable {
  readonly child: RunningProcess;
  /** The file of its nodes. */
  readonly state: string;
}

/** Starts `troupe dht` with a state folder of its own. */
async function begin(...words: string[]): Promise<Begun> {
  const folder = temporaryFolder("dht-command");
  const local = ["--json", "--bind", "127.0.0.1", "--no-routers", "--state-dir", folder.path];
  const child = await startProcess([process.execPath, program, "dht", ...words, ...local]);
  return {
    child,
    state: join(folder.path, "dht-nodes.json"),
    [Symbol.asyncDispose]: async () => {
      await child[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** Runs `troupe dht` as a process to its end. */
async function runProcess(...words: string[]): Promise<Outcome> {
  await using begun = await begin(...words);
  return await endOf(begun.child);
}

/** Runs `troupe dht` in this process to its end, with a state folder of its own. */
async function run(...words: string[]): Promise<Outcome> {
  using folder = temporaryFolder("dht-command");
  const local = ["--json", "--bind", "127.0.0.1", "--no-routers", "--state-dir", folder.path];
  const command = beginInline(["dht", ...words, ...local], folder.path);
  const { status, stderr: said } = await command.ended;
  return { status, events: command.environment.stdout.events, said };
}

async function endOf(child: RunningProcess): Promise<Outcome> {
  const { status } = await child.exited;
  const events = child.lines
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { status, events, said: child.lines.filter((line) => !line.startsWith("{")).join("\n") };
}

/** `troupe dht run`, which has joined a node of this process. */
let node: Begun;
/** The node of this process. */
let other: Dht;
let port: number;
/** Options of calls that begin with `troupe dht run`. */
let joined: readonly string[];
/** A look-up that knows no node. It ends after 30 s, while the other tests run. */
let lonely: Promise<Outcome>;

test.before(async () => {
  lonely = run("get-peers", infoHash, "--port", "0");
  other = await Dht.start({ port: 0, bind: ["127.0.0.1"], routers: [], host: "inline" });
  node = await begin("run", "--port", "0", "--dht-node", `127.0.0.1:${other.ports.ipv4}`);
  port = await node.child.lineWhere("its port", (line) =>
    line.startsWith('{"event":"dht"') ? Number(JSON.parse(line).ipv4) : undefined,
  );
  joined = ["--port", "0", "--dht-node", `127.0.0.1:${port}`];
});

test.after.always(async () => {
  await node[Symbol.asyncDispose]();
  await other.close();
  await lonely;
});

test("a peer that one process announces is found by another, beside the nodes and their buckets", async (t) => {
  const announced = await runProcess("announce", infoHash, "51413", ...joined);
  t.is(announced.status, 0, announced.said);
  t.like(announced.events[0], { event: "dht-announced", infoHash, port: 51_413 });
  t.like(announced.events.at(-1), { event: "end", exitCode: 0 });
  const [found, nodes, buckets, pong] = await Promise.all([
    run("get-peers", `magnet:?xt=urn:btih:${infoHash}`, ...joined),
    run("find-node", infoHash, ...joined),
    run("buckets", ...joined),
    run("ping", `127.0.0.1:${port}`, ...joined),
  ]);
  t.deepEqual(
    [found, nodes, buckets, pong].map(({ status }) => status),
    [0, 0, 0, 0],
  );
  t.like(found.events[0], { event: "dht-peer", address: "127.0.0.1:51413" });
  t.like(found.events.at(-1), { event: "dht-round", peers: 1 });
  t.true(nodes.events.some(({ address }) => address === `127.0.0.1:${port}`));
  t.like(buckets.events[0], { event: "dht-buckets", family: 4 });
  t.like(pong.events[0], { event: "dht-pong", address: `127.0.0.1:${port}` });
});

// Serial: the nodes of other tests would take the second item, because they have not the first.
test.serial(
  "an item is put and got, and a put that expects another version is refused with advice",
  async (t) => {
    using folder = temporaryFolder("dht-key");
    const key = ["--secret-key", join(folder.path, "key")];
    const put = await run("put", "one", ...key, "--sequence", "5", ...joined);
    t.is(put.status, 0, put.said);
    const [{ publicKey } = {}] = put.events;
    const got = await run("get", String(publicKey), ...joined);
    // It has ended: its node would take the second item, too.
    const refused = await run("put", "two", ...key, "--sequence", "6", "--cas", "4", ...joined);
    t.like(got.events[0], { event: "dht-item", value: "one", sequence: "5" });
    t.is(refused.status, 1);
    t.regex(refused.said, /\(301\) \[dht-item-not-stored\]\n.*--cas takes that number/);
  },
);

test("wrong words, a port in use and a text too long: each error says what to do", async (t) => {
  const [wrong, taken, long] = await Promise.all([
    run("get-peers", "no-hash"),
    run("run", "--port", String(port)),
    run("put", "x".repeat(1_001), ...joined),
  ]);
  t.is(wrong.status, 2);
  t.regex(wrong.said, /INFO-HASH or a magnet link is expected, not "no-hash".*\n.*troupe help dht/);
  t.is(taken.status, 1);
  t.regex(taken.said, /\[port-in-use\]\n.*--port/);
  t.is(long.status, 1);
  t.regex(long.said, /allowed is 1000 at most \[option-out-of-range\]/);
});

test("ctrl-C ends `run` with its nodes saved, and a look-up without a node at once", async (t) => {
  await using running = await begin("run", ...joined);
  const { child, state } = running;
  await child.lineWhere("a known node", (line) =>
    /"event":"dht-status".*"nodes":[1-9]/.test(line) ? true : undefined,
  );
  await using waiting = await begin("buckets", "--port", "0", "--dht-node", "127.0.0.1:9");
  process.kill(child.pid, "SIGINT");
  t.is((await endOf(child)).status, 130);
  t.true((await readFile(state, "utf8")).includes(`"port": ${port}`));
  await until("the look-up has a state", async () =>
    (await readFile(waiting.state, "utf8").catch(() => "")).includes("ids"),
  );
  process.kill(waiting.child.pid, "SIGINT");
  const { status, said } = await endOf(waiting.child);
  t.is(status, 130, said);
  t.notRegex(said, /quest/);
});

// Last: the look-up has begun before all tests.
test("the error of a look-up that knows no node says what to do", async (t) => {
  const gone = await lonely;
  t.is(gone.status, 1);
  t.regex(gone.said, /\[dht-no-nodes\]\n.*--dht-node/);
});
