import test from "ava";

import { content, type ScriptedPeer } from "../support/scripted-peer.ts";
import { WorkerBench } from "../support/worker-bench.ts";

const block = 16_384;
const pieceLengthBytes = 2 * block;

/** Five small pieces lie in memory for eight; the second to fourth are finished: two halves, a slow piece in each. */
async function slowPieceInEachHalf() {
  const bench = await WorkerBench.start({ downloadBytes: 16 * block });
  const torrent = await bench.openTorrent({ had: ".....", pieceLengthBytes });
  const peers: ScriptedPeer[] = [];
  for (let piece = 0; piece < 5; piece++) {
    const picture = Array.from(".....", (_, at) => (at === piece ? "#" : ".")).join("");
    // oxlint-disable-next-line no-await-in-loop
    const peer = await bench.meetSeed(torrent, String.fromCharCode(65 + piece), picture);
    peers.push(peer);
    // oxlint-disable-next-line no-await-in-loop
    await bench.lease(torrent, [piece]);
    if (piece === 0 || piece === 4) continue;
    peer.block(piece, 0);
    peer.block(piece, block);
  }
  await bench.settle();
  await bench.had(torrent, 1, 2, 3);
  bench.takeNotices();
  const large = await bench.openTorrent({ had: ".", pieceLengthBytes: 8 * block });
  const waiting = await bench.meetSeed(large, "z", "#");
  await bench.lease(large, [0]);
  const [first, , , , last] = peers as [ScriptedPeer, ...ScriptedPeer[]];
  return { bench, torrent, first, last: last as ScriptedPeer, waiting };
}

test("a slow piece is moved to make room for a large one, and nothing of it is lost", async (t) => {
  const { bench, first, waiting } = await slowPieceInEachHalf();
  first.block(0, 0);
  t.deepEqual(waiting.takeMessagesOf("request"), []);
  await bench.advance(3_000);
  t.true(waiting.takeMessagesOf("request").length > 0);
  first.block(0, block);
  await bench.settle();
  const { offset, lengthBytes } = bench.takeSealed();
  t.not(offset, 0, "it has moved");
  t.deepEqual(bench.slabBytes(offset, lengthBytes), content(0, pieceLengthBytes));
});

test("a block that is arriving while its piece is moved arrives whole", async (t) => {
  const { bench, first, waiting } = await slowPieceInEachHalf();
  const frame = 13 + block;
  const before: Uint8Array[] = [];
  const { stream } = first;
  const arrive = stream.arrive.bind(stream);
  stream.arrive = (bytes) => void before.push(bytes.slice());
  first.block(0, 0);
  stream.arrive = arrive;
  const [message = new Uint8Array()] = before;
  t.is(message.length, frame);
  stream.arrive(message.subarray(0, 5_000));
  await bench.advance(3_000);
  t.true(waiting.takeMessagesOf("request").length > 0);
  stream.arrive(message.subarray(5_000));
  first.block(0, block);
  await bench.settle();
  const { offset, lengthBytes } = bench.takeSealed();
  t.deepEqual(bench.slabBytes(offset, lengthBytes), content(0, pieceLengthBytes));
});

test("sealed pieces stay where they are", async (t) => {
  const { bench, torrent, first, last, waiting } = await slowPieceInEachHalf();
  for (const [peer, piece] of [
    [first, 0],
    [last, 4],
  ] as const) {
    peer.block(piece, 0);
    peer.block(piece, block);
  }
  await bench.settle();
  const sealed = bench.takeAllSealed();
  await bench.advance(6_000);
  t.deepEqual(waiting.takeMessagesOf("request"), []);
  for (const { piece, offset } of sealed) {
    const due = content(piece * pieceLengthBytes, pieceLengthBytes);
    t.deepEqual(bench.slabBytes(offset, pieceLengthBytes), due);
  }
  await bench.had(torrent, 0);
  t.true(waiting.takeMessagesOf("request").length > 0);
});
