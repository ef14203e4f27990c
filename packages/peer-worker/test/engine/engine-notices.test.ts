import test from "ava";

import { WorkerBench } from "../support/worker-bench.ts";

test("without credits no socket is read, notices wait in order, and none is lost", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const peer = await bench.meetSeed(torrent, "a", "####");
  await bench.lease(torrent, [0, 1, 2, 3]);
  bench.takeNotices();
  bench.noticeCredits = 1;
  const requests = peer.takeMessages();
  const names = (): string[] =>
    bench.takeNotices().map((notice) => (notice as { name: string }).name);
  peer.answerInOneChunk(requests);
  t.true(peer.stream.isPaused);
  peer.stream.hangUp();
  await bench.settle();
  const sent = names();
  t.is(sent.length, 1);
  await bench.giveNoticeRoom(1);
  sent.push(...names());
  t.is(sent.length, 2);
  await bench.giveNoticeRoom(100);
  sent.push(...names());
  t.deepEqual(
    sent.filter((name) => name !== "pieces-wanted"),
    ["piece-sealed", "piece-sealed", "peer-closed", "lease-returned", "lease-returned"],
  );
});

test("connections accepted while no input is taken are read afterwards", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  bench.noticeCredits = 1;
  await bench.meet(torrent, "a");
  const stream = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
  t.true(stream.isPaused);
  await bench.giveNoticeRoom(100);
  t.false(stream.isPaused);
});
