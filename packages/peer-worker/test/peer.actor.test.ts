import test from "ava";

import { content } from "./support/scripted-peer.ts";
import { WorkerBench } from "./support/worker-bench.ts";

test("a leased piece is requested, received into the slab and sealed once", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..." });
  const peer = await bench.meet(torrent, "a", "###");
  t.deepEqual(peer.takeMessages(), ["handshake", "extended 0", "interested"]);
  peer.unchoke();
  await bench.settle();
  t.like(bench.takeNotice("pieces-wanted"), {
    torrent: torrent.id,
    peers: [{ peer: 0, count: 8 }],
  });
  await bench.lease(torrent, [1]);
  const requests = peer.takeMessages();
  t.deepEqual(requests, ["request 1 0 16384", "request 1 16384 16384"]);
  peer.answer(requests);
  await bench.settle();
  const sealed = bench.takeSealed();
  t.like(sealed, { piece: 1, lengthBytes: 32_768, contributors: [0] });
  t.deepEqual(bench.slabBytes(sealed.offset, 32_768), content(32_768, 32_768));
});
