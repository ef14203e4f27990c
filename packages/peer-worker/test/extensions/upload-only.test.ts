import test from "ava";
import { PeerFlag } from "@troupe/messages";
import { encodeExtendedHandshake, encodeUploadOnly } from "@troupe/protocol/peer";

import { WorkerBench } from "../support/worker-bench.ts";

/** The peer's id of `upload_only`, and ours. */
const peersId = 9;
const ourId = 4;

test("B05, AE19: peers hear at once that we are a partial seed or a seed, and when we are none any more", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#...", wanted: "##.." });
  const peer = await bench.meet(torrent, "a");
  const told = (): (boolean | undefined)[] => {
    peer.takeMessages();
    return peer.handshakes.splice(0).map(({ uploadOnly }) => uploadOnly);
  };
  t.deepEqual(told(), [false]);
  await bench.had(torrent, 1);
  t.deepEqual(told(), [true]);
  await bench.want(torrent, "###.");
  t.deepEqual(told(), [false]);
  await bench.had(torrent, 2);
  t.deepEqual(told(), [true]);
  await bench.lost(torrent, 0);
  t.deepEqual(told(), [false]);
  await bench.had(torrent, 0);
  await bench.had(torrent, 3);
  t.deepEqual(told(), [true], "a partial seed that becomes a seed stays upload-only");
  await bench.want(torrent, undefined);
  t.deepEqual(told(), []);
});

test("B05: a peer with an extension of that name also gets a message", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#...", wanted: "##.." });
  const peer = await bench.meet(torrent, "a");
  const extensions = { upload_only: peersId };
  peer.stream.arrive(encodeExtendedHandshake({ client: "a", requestQueue: 250, extensions }));
  peer.takeMessages();
  await bench.had(torrent, 1);
  t.deepEqual(peer.takeMessagesOf("extended"), ["extended 0", `extended ${peersId}`]);
});

test("B05: a peer that downloads nothing more is known by its handshake or a message", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  const peer = await bench.meet(torrent, "a");
  const says = (uploadOnly: boolean): void =>
    peer.stream.arrive(encodeExtendedHandshake({ client: "a", requestQueue: 250, uploadOnly }));
  const isKnown = (): boolean => bench.row(torrent, 0).flag(PeerFlag.isUploadOnly);
  t.false(isKnown());
  says(true);
  t.true(isKnown());
  peer.extended(250);
  t.true(isKnown(), "a handshake without the word changes nothing");
  peer.stream.arrive(encodeUploadOnly(ourId, false));
  t.false(isKnown());
  peer.stream.arrive(encodeUploadOnly(ourId, true));
  t.true(isKnown());
  says(false);
  t.false(isKnown());
});

test("case 55: more than 100 messages of upload_only in a minute close", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  const peer = await bench.meet(torrent, "a");
  for (let count = 0; count < 100; count++)
    peer.stream.arrive(encodeUploadOnly(ourId, count % 2 === 0));
  t.false(peer.isClosed);
  peer.stream.arrive(encodeUploadOnly(ourId, true));
  t.like(bench.takeNotice("peer-closed"), { reason: "extension-flood", isFault: true });
});
