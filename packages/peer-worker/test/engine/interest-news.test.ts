import test from "ava";

import { WorkerBench } from "../support/worker-bench.ts";

test("changed interest is reported at once, then every 20 ms", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "####" });
  const [a, b, c] = [
    await bench.meet(torrent, "a"),
    await bench.meet(torrent, "b"),
    await bench.meet(torrent, "c"),
  ];
  const news = (): number[][] =>
    bench
      .takeNotices("interest-changed")
      .map((notice) => [...(notice as { peers: number[] }).peers]);
  a.interested();
  await bench.settle();
  t.deepEqual(news(), [[0]]);
  b.interested();
  c.interested();
  c.notInterested();
  await bench.advance(19);
  t.deepEqual(news(), []);
  await bench.advance(1);
  t.deepEqual(news(), [[1, 2]]);
  b.interested();
  await bench.advance(1_000);
  t.deepEqual(news(), [], "nothing has changed");
});

test("interest before the admission is reported after it", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "####" });
  bench.admission = undefined;
  const peer = await bench.meet(torrent, "a");
  peer.interested();
  await bench.settle();
  t.is(bench.takeNotices("interest-changed").length, 0);
  bench.admission = "admitted";
  await bench.settle();
  t.deepEqual(
    bench.takeNotices().map((notice) => (notice as { name: string }).name),
    ["peer-opened", "interest-changed"],
  );
});

test("interest before the metadata is reported when the metadata has come", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent();
  const peer = await bench.meet(early, "a");
  peer.interested();
  await bench.advance(1_000);
  t.is(bench.takeNotices("interest-changed").length, 0);
  await bench.addContent(early, { had: "####" });
  t.is(bench.takeNotices("interest-changed").length, 1);
});

test("flapping interest is reported at most fifty times a second", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "####" });
  const peer = await bench.meet(torrent, "a");
  for (let turn = 0; turn < 1_000; turn++) {
    if (turn % 2 === 0) peer.interested();
    else peer.notInterested();
    await bench.advance(1);
  }
  t.true(bench.takeNotices("interest-changed").length <= 51);
});
