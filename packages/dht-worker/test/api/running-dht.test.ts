import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import test, { type ExecutionContext } from "ava";
import { idFrom } from "../../src/api/dht-values.ts";
import type { DhtStartOptions } from "../../src/api/dht-options.ts";
import type { QuestProgress } from "../../src/api/quests/quest-progress.ts";
import { peerResults, type DhtPeer } from "../../src/api/quests/quest-results.ts";
import { RunningDht } from "../../src/api/running-dht.ts";
import { FakeDhtWorker } from "../support/fake-dht-worker.ts";

const target = "11".repeat(20);
const node = { id: new Uint8Array(20).fill(0xcd), host: "192.0.2.7", port: 6_881 };
const peer = { host: "192.0.2.8", port: 51_413 };

async function start(
  t: ExecutionContext,
  options: DhtStartOptions = {},
): Promise<{ dht: RunningDht; worker: FakeDhtWorker }> {
  const worker = new FakeDhtWorker();
  const dht = await RunningDht.start({ host: "inline", ...options }, worker.entry);
  t.teardown(() => dht.close());
  return { dht, worker };
}

function getPeers(dht: RunningDht, repeatMs?: number): QuestProgress<DhtPeer> {
  const subject = { kind: "get-peers", target: idFrom("target", target) } as const;
  return dht.quests.begin(subject, repeatMs, { target, results: peerResults, onNode: undefined });
}

test("the quests of a node outlive a crash of its worker, which listens on the same port again", async (t) => {
  const { dht, worker } = await start(t, { port: [6_881, 0] });
  const quest = getPeers(dht, 300_000);
  await worker.until(() => worker.begun.length === 1);
  worker.exported = { ids: [], nodes: [{ ...node, lastAnswerMs: 1 }] };
  dht.kill();
  await worker.until(() => worker.begun.length === 2 && worker.listens.length === 2);
  t.deepEqual(worker.listens, [
    { hosts: [], ports: [6_881, 0], last: {} },
    { hosts: [], ports: [6_881, 0], last: { ipv4: 7_000, ipv6: 7_001 } },
  ]);
  t.deepEqual(worker.begun[1], worker.begun[0]);
  const next = quest.loop().next();
  worker.context?.emit("quest-answer", { quest: quest.id, node, peers: [peer] });
  t.deepEqual(await next, { done: false, value: peer });
});

test("a cancelled quest is not begun again after a crash", async (t) => {
  const { dht, worker } = await start(t);
  const [first, second] = [getPeers(dht), getPeers(dht)];
  await worker.until(() => worker.begun.length === 2);
  first.cancel();
  await worker.until(() => worker.cancelled.length === 1);
  dht.kill();
  await worker.until(() => worker.begun.length === 3);
  t.deepEqual(
    worker.begun.map(({ quest }) => quest),
    [first.id, second.id, second.id],
  );
  await t.throwsAsync(first.round(), { code: "quest-cancelled" });
});

test("a quest that no code refers to is cancelled; one whose end is awaited is not", async (t) => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const { dht, worker } = await start(t);
  // In a function of its own: no variable of this one refers to the first quest.
  const begin = (): readonly [number, Promise<unknown>, Promise<unknown>] => {
    const [dropped, awaited, looped] = [getPeers(dht), getPeers(dht), getPeers(dht)];
    return [dropped.id, awaited.round(), looped.loop().next()];
  };
  const [dropped, awaited, looped] = begin();
  await worker.until(() => worker.begun.length === 3);
  for (let turn = 0; turn < 100 && worker.cancelled.length === 0; turn++) {
    collect();
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
  t.deepEqual(worker.cancelled, [dropped]);
  worker.endRound(2, { isLast: true });
  worker.context?.emit("quest-answer", { quest: 3, node, peers: [peer] });
  t.like(await awaited, { isLast: true });
  t.deepEqual(await looped, { done: false, value: peer });
});

test("a node whose restarts are used up fails its quests and refuses further calls", async (t) => {
  const { dht, worker } = await start(t);
  const quest = getPeers(dht);
  const next = quest.loop().next();
  const lost = t.throwsAsync(next, { code: "dht-lost" });
  for (let kills = 1; kills <= 6; kills++) {
    dht.kill();
    if (kills < 6) await worker.until(() => worker.begun.length === kills + 1);
  }
  await lost;
  await t.throwsAsync(quest.round(), { code: "dht-lost" });
  t.throws(() => dht.refuseEnded(), { code: "dht-lost" });
});

test("a node without any socket does not start", async (t) => {
  const worker = new FakeDhtWorker();
  const refused = [{ family: 4, code: "EADDRINUSE", message: "the port is in use" }] as const;
  worker.listening = { sockets: [], refused };
  await t.throwsAsync(RunningDht.start({ host: "inline" }, worker.entry), {
    code: "port-in-use",
    message: "the port is in use",
  });
});

test("a closed node refuses calls, and its loops end", async (t) => {
  const { dht } = await start(t);
  const next = getPeers(dht).loop().next();
  await dht.close();
  t.like(await next, { done: true });
  t.throws(() => dht.refuseEnded(), { code: "dht-closed" });
  await t.throwsAsync(
    dht.ask((worker) => worker.call("status", {})),
    { code: "dht-closed" },
  );
});
