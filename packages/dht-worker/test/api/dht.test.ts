import { getEventListeners } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { Dht, type DhtStartOptions, type DhtAnswer } from "../../src/index.ts";

const infoHash = "ab".repeat(20);
const here = { port: 0, bind: ["127.0.0.1"], routers: [] } as const;

/** A node of this thread at 127.0.0.1. */
async function start(t: ExecutionContext, options: DhtStartOptions = {}): Promise<Dht> {
  const dht = await Dht.start({ ...here, host: "inline", ...options });
  t.teardown(() => dht.close());
  return dht;
}

function addressOf({ ports }: Dht): { host: string; port: number } {
  return { host: "127.0.0.1", port: ports.ipv4 ?? 0 };
}

/** Nodes that know each other by the first. */
async function network(t: ExecutionContext, count: number): Promise<readonly Dht[]> {
  const first = await start(t);
  const others = await Promise.all(
    Array.from({ length: count - 1 }, () => start(t, { bootstrap: [addressOf(first)] })),
  );
  return [first, ...others];
}

async function firstOf<Found>(quest: AsyncIterable<Found> | undefined): Promise<Found | undefined> {
  const loop = quest?.[Symbol.asyncIterator]();
  const result = await loop?.next();
  return result?.done === true ? undefined : result?.value;
}

test("ND4: a quest for peers yields the peers that another node announced, and calls back for each node", async (t) => {
  const [, announcer, asker] = await network(t, 4);
  const announce = announcer?.announcePeer(infoHash, 51_413, { repeat: false });
  const { stored, isLast } = (await announce?.round()) ?? {};
  t.true(stored !== undefined && stored > 0 && isLast);
  const answers: DhtAnswer[] = [];
  const quest = asker?.getPeers(infoHash.toUpperCase(), {
    onNode: (answer) => answers.push(answer),
  });
  t.deepEqual(await firstOf(quest), { host: "127.0.0.1", port: 51_413 });
  await quest?.round();
  t.true(answers.length > 0 && answers.every(({ target }) => target === infoHash));
  t.deepEqual(quest?.nodes.toSorted(byPort), answers.map(({ node }) => node).toSorted(byPort));
  quest?.cancel();
  t.true(quest?.isEnded);
});

function byPort(a: { readonly port: number }, b: { readonly port: number }): number {
  return a.port - b.port;
}

test("ND5: an announce looks up the nodes itself, and stores with the tokens that they gave", async (t) => {
  const [first, announcer] = await network(t, 2);
  const round = await announcer?.announcePeer(infoHash, 1, { repeat: false }).round();
  t.like(round, { asked: 1, answered: 1, stored: 1 });
  t.like(await first?.status(), { torrents: 1, peers: 1 });
});

test("a quest leaves nothing at its signal when it has ended", async (t) => {
  const [, asker] = await network(t, 2);
  const { signal } = new AbortController();
  const [done, cancelled] = [1, 2].map(() => asker?.findNode(infoHash, { repeat: false, signal }));
  await done?.round();
  cancelled?.cancel();
  t.deepEqual(getEventListeners(signal, "abort"), []);
});

test("ND1, ND2: a node has the id of its user, and takes the first port that is free", async (t) => {
  const nodeId = "0123456789abcdef".repeat(3).slice(0, 40);
  const first = await start(t);
  const taken = addressOf(first).port;
  const second = await start(t, { port: [taken, 0], nodeId: Buffer.from(nodeId, "hex") });
  t.not(second.ports.ipv4, taken);
  t.is(second.ports.ipv6, undefined);
  t.is((await second.status()).families[0]?.id, nodeId);
  t.is((await first.ping("127.0.0.1", second.ports.ipv4 ?? 0)).id, nodeId);
  await t.throwsAsync(start(t, { port: taken }), { code: "port-in-use" });
});

test("ND3, ND7: a node without a torrent starts again with the nodes of its state file alone", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-test-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const stateFile = join(folder, "nodes.json");
  const [first] = await network(t, 1);
  const { host, port } = addressOf(first ?? t.fail());
  const before = await start(t, { stateFile });
  // A name without an address does not block.
  before.addNode("no-such-host.invalid", 1);
  before.addNode(host, port);
  await before.findNode(infoHash, { repeat: false }).round();
  const { ports } = before;
  const id = (await before.status()).families[0]?.id;
  await before.close();
  t.true((await readFile(stateFile, "utf8")).includes(String(port)));
  const after = await start(t, { stateFile, port: ports.ipv4 ?? 0 });
  t.is((await after.status()).families[0]?.id, id, "the same port: the same id");
  const { answered } = await after.findNode(infoHash, { repeat: false }).round();
  t.is(answered, 1);
});

test("ND6: the buckets are read as text and as data", async (t) => {
  const [first, second] = await network(t, 2);
  await second?.findNode(infoHash, { repeat: false }).round();
  const id = (await first?.status())?.families[0]?.id ?? "";
  const table = await second?.buckets(4);
  t.deepEqual(
    table?.buckets.flatMap(({ nodes }) => nodes.map((node) => node.id)),
    [id],
  );
  const text = (await second?.bucketsText(4)) ?? "";
  t.regex(text, /^Num buckets: 1\. My DHT ID: [0-9A-F]{40}$/m);
  t.true(text.includes(`    ${id.toUpperCase()} 127.0.0.1:${first?.ports.ipv4} fail:0 seen:`));
  t.is(await second?.buckets(6), undefined);
  t.notThrows(() => JSON.stringify(table));
});

test("an item is stored and found: immutable, and mutable with a salt", async (t) => {
  const [, owner, reader] = await network(t, 3);
  const put = owner?.put("hello", { repeat: false });
  t.true(((await put?.round())?.stored ?? 0) > 0);
  const found = await firstOf(reader?.get(put?.target ?? ""));
  t.like(found, { kind: "immutable", value: new TextEncoder().encode("5:hello") });

  const secretKey = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
  const publicKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
  const mutable = owner?.put({ a: 1 }, { secretKey, salt: "s", sequence: 7, repeat: false });
  await mutable?.round();
  const version = await firstOf(reader?.get({ publicKey, salt: "s" }));
  t.like(version, { kind: "mutable", publicKey, sequence: 7n });
  t.is(Buffer.from(version?.value ?? []).toString(), "d1:ai1ee");
  const older = owner?.put({ a: 0 }, { secretKey, salt: "s", sequence: 6, repeat: false });
  t.like(await older?.round(), { stored: 0, refusal: { code: 302 } });
});

test("wrong options and arguments are refused by name", async (t) => {
  for (const [options, name] of [
    [{ port: 65_536 }, "port"],
    [{ bind: ["name"] }, "bind"],
    [{ nodeId: "12" }, "nodeId"],
    [{ nodeId: infoHash, nodeId6: infoHash }, "nodeId6"],
    [{ limits: { lookUps: 0 } }, "limits.lookUps"],
    [{ bootstrap: [{ host: "a", port: 0 }] }, "port"],
  ] as const) {
    const error = await t.throwsAsync(Dht.start({ ...here, ...options }), {
      code: "option-out-of-range",
    });
    t.true(error?.message.includes(`option ${name} is`), error?.message);
  }
  const unknown = { stateFiel: "x" } as DhtStartOptions;
  await t.throwsAsync(Dht.start(unknown), { code: "option-unknown" });
  const dht = await start(t);
  const code = "option-out-of-range";
  t.throws(() => dht.getPeers("12"), { code, message: /infoHash is "12"/ });
  const malformed = { code, message: /is 19 bytes; allowed is 20 bytes or 40 hexadecimal digits/ };
  t.throws(() => dht.findNode(new Uint8Array(19)), malformed);
  t.throws(() => dht.getPeers(new Uint8Array(19)), malformed);
  t.throws(() => dht.announcePeer(new Uint8Array(19), 1), malformed);
  t.throws(() => dht.get(new Uint8Array(19)), malformed);
  t.throws(() => dht.announcePeer(infoHash, 0), { code });
  t.throws(() => dht.put("x".repeat(1_000)), { code, message: /1005 bytes when bencoded/ });
  t.throws(() => dht.put("x", { salt: "s" }), { code, message: /salt is given without secretKey/ });
  t.throws(() => dht.put("x", { secretKey: "12" }), { code, message: /secretKey is a string/ });
  await t.throwsAsync(dht.buckets(5 as 4), { code });
  t.throws(() => dht.findNode(infoHash, { signal: AbortSignal.abort() }), { name: "AbortError" });
});
