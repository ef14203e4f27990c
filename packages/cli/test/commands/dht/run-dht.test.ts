import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dht } from "@troupe/coordinator";
import test, { type ExecutionContext } from "ava";
import { runTroupe } from "../../../src/main.ts";
import { FakeEngine } from "../../support/fake-engine.ts";
import { FakeEnvironment } from "../../support/fake-environment.ts";

const infoHash = "ab".repeat(20);

interface Scene {
  /** Runs `troupe dht` with a node that knows another one. */
  dht(words: string): Promise<{ environment: FakeEnvironment; code: number }>;
  readonly folder: string;
  readonly other: Dht;
}

async function scene(t: ExecutionContext): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), "troupe-test-"));
  const here = { port: 0, bind: ["127.0.0.1"], routers: [], host: "inline" } as const;
  const other = await Dht.start(here);
  t.teardown(async () => {
    await other.close();
    await rm(folder, { recursive: true, force: true });
  });
  const local = `--bind 127.0.0.1 --port 0 --no-routers --state-dir ${folder}`;
  const node = `--dht-node 127.0.0.1:${other.ports.ipv4}`;
  return {
    folder,
    other,
    dht: async (words) => {
      const environment = new FakeEnvironment(new FakeEngine());
      const all = `dht ${words} ${local} ${node}`.split(" ");
      return { environment, code: await runTroupe(all, environment) };
    },
  };
}

test("ND7: `troupe dht` announces, finds the peer, and saves the nodes for the next call", async (t) => {
  const { dht, folder, other } = await scene(t);
  const announced = await dht(`announce ${infoHash} 51413`);
  t.is(announced.code, 0, announced.environment.stderr.text);
  t.is(announced.environment.stdout.text, "announced port 51413 to 1 node; they name 0 peers\n");
  const found = await dht(`get-peers magnet:?xt=urn:btih:${infoHash}`);
  t.is(found.environment.stdout.text, "127.0.0.1:51413\n");
  t.regex(found.environment.stderr.text, /^1 peer from 1 node in /m);
  t.is(found.environment.timers, 0);
  const saved = await readFile(join(folder, "dht-nodes.json"), "utf8");
  t.true(saved.includes(`"port": ${other.ports.ipv4}`));
});

test("`--json` has an event for each result and for the round", async (t) => {
  const { dht, other } = await scene(t);
  const { environment } = await dht(`find-node ${infoHash} --json`);
  const address = `127.0.0.1:${other.ports.ipv4}`;
  t.like(environment.stdout.events[0], { event: "dht-node", address });
  t.like(environment.stdout.events[1], { event: "dht-round", asked: 1, answered: 1 });
  t.is(environment.stderr.text, "");
  const buckets = await dht("buckets --json");
  t.like(buckets.environment.stdout.events[0], { event: "dht-buckets", family: 4 });
});

test("a text is put and got: under its own target, and under a key and a salt", async (t) => {
  const { dht, folder } = await scene(t);
  const put = await dht("put hello");
  const [, target = ""] = /^target +([0-9a-f]{40})$/m.exec(put.environment.stdout.text) ?? [];
  t.is((await dht(`get ${target}`)).environment.stdout.text, "hello\n");
  const key = join(folder, "my.key");
  const first = await dht(`put one --secret-key ${key} --salt s --sequence 1`);
  t.regex(first.environment.stderr.text, /made a new secret key/);
  const second = await dht(`put two --secret-key ${key} --salt s --sequence 2`);
  t.is(second.environment.stderr.text, "");
  const [, publicKey = ""] = /([0-9a-f]{64})$/m.exec(second.environment.stdout.text) ?? [];
  t.is((await dht(`get ${publicKey} --salt s`)).environment.stdout.text, "two\n");
  const older = await dht(`put one --secret-key ${key} --salt s --sequence 1`);
  t.is(older.code, 1);
  t.regex(older.environment.stderr.text, /\(302\) \[dht-item-not-stored\]/);
  const missing = await dht(`get ${infoHash}`);
  t.is(missing.code, 1);
  t.regex(
    missing.environment.stderr.text,
    /none of 1 node has the item ab.*\[dht-item-not-found\]/,
  );
});

test("a ping gives the id, and fails when no node answers", async (t) => {
  const { dht, other } = await scene(t);
  const { families } = await other.status();
  const pong = await dht(`ping 127.0.0.1:${other.ports.ipv4}`);
  t.true(pong.environment.stdout.text.includes(families[0]?.id ?? "no id"));
});

test("`run` answers other nodes until it is stopped, and tells its counts", async (t) => {
  const { other, folder } = await scene(t);
  const environment = new FakeEnvironment(new FakeEngine());
  const words = `dht run --json --bind 127.0.0.1 --port 0 --no-routers --state-dir ${folder}`;
  const ended = runTroupe(words.split(" "), environment);
  while (environment.timers === 0) await turn();
  const port = Number(environment.stdout.events[0]?.["ipv4"]);
  t.regex((await other.ping("127.0.0.1", port)).id, /^[0-9a-f]{40}$/);
  environment.pass(1_000);
  while (environment.stdout.events.length < 2) await turn();
  t.like(environment.stdout.events[1], { event: "dht-status", torrents: 0, items: 0 });
  environment.askToStop();
  t.is(await ended, 130);
});

async function turn(): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve));
}
