import test from "ava";
import type { EngineProtocol, LeaseId, TorrentId } from "@troupe/messages";
import { ManualTime, RecordingRef } from "@troupe/actor-runtime/testing";

import { EngineClient } from "../../src/engine/engine-client.ts";

const torrent = 1 as TorrentId;
const question = { torrent, peerId: new Uint8Array(20), host: "h", port: 1, isIncoming: true };

function makeClient(): {
  owner: RecordingRef<EngineProtocol>;
  client: EngineClient;
  heard: string[];
  time: ManualTime;
} {
  const owner = new RecordingRef<EngineProtocol>("engine").holdCalls();
  const time = new ManualTime();
  const fail = (error: unknown): void => {
    throw error;
  };
  return {
    owner,
    client: new EngineClient(owner, { clock: time, timers: time, fail }),
    heard: [],
    time,
  };
}

async function turn(): Promise<void> {
  await new Promise(setImmediate);
}

test("at most 64 `admit` calls are under way; the others follow in order", async (t) => {
  const { owner, client, heard } = makeClient();
  for (let port = 1; port <= 70; port++) {
    client.admit({ ...question, port }, (admission) => heard.push(`${port} ${admission}`));
  }
  t.is(owner.waiting, 64);
  for (let asked = 0; asked < 70; asked++) {
    owner.take("admit").answer(asked % 2 === 0 ? { admitted: true } : { refused: "full" });
    await turn();
  }
  t.is(heard.length, 70);
  t.deepEqual(heard.slice(0, 2), ["1 admitted", "2 full"]);
});

test("an `admit` call that waited for others has the whole deadline", async (t) => {
  const { owner, client, heard, time } = makeClient();
  for (let port = 1; port <= 65; port++) {
    client.admit({ ...question, port }, (admission) => heard.push(admission));
  }
  await time.pass(60_000);
  owner.take("admit").answer({ refused: "full" });
  await turn();
  t.deepEqual(heard, ["full"]);
  t.is(owner.sent.at(-1)?.deadlineMs, 5_000);
});

test("an `admit` call that fails gives not-answered", async (t) => {
  const { owner, client, heard } = makeClient();
  client.admit(question, (admission) => heard.push(admission));
  owner.take("admit").fail(new Error("gone"));
  await turn();
  t.deepEqual(heard, ["not-answered"]);
});

test("without credits messages wait in order", async (t) => {
  const { owner, client } = makeClient();
  owner.credits = 0;
  client.reportTransferTaken(torrent, 1 as LeaseId);
  client.admit(question, () => {});
  t.is(owner.casts().length + owner.waiting, 0);
  owner.giveRoom(10);
  t.is(owner.casts().length, 1);
  t.is(owner.waiting, 1);
});
