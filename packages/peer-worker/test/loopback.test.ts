// The peer-worker as its supervisor starts it, with real sockets.

import { inlineHost, openRoot, threadHost } from "@troupe/actor-runtime";
import { soleActor } from "@troupe/actor-runtime/testing";
import type { PeerProtocol, SlabId } from "@troupe/messages";
import { parseInfoHash } from "@troupe/protocol/units";
import test from "ava";

import { peerWorkerEntry } from "../src/index.ts";
import { content } from "./support/scripted-peer.ts";
import { fetchTorrent, serveTorrent } from "./support/socket-peers.ts";
import { type TinyProtocol, type TinyTorrent, tinyEngineEntry } from "./support/tiny-engine.ts";

const shape: TinyTorrent = {
  infoHash: parseInfoHash("ab".repeat(20)),
  pieceCount: 70,
  pieceLengthBytes: 65_536,
  totalBytes: 69 * 65_536 + 20_000,
};

test("a torrent is fetched from one peer and served to another, and its seed parts from us", async (t) => {
  const complete = Promise.withResolvers<boolean>();
  const closed = Promise.withResolvers<string>();
  const seed = await serveTorrent(shape);
  t.teardown(() => seed.close());
  const root = await openRoot<{ engine: TinyProtocol }>({
    host: inlineHost(),
    spec: soleActor({
      name: "engine",
      role: "engine",
      entry: tinyEngineEntry,
      options: () => shape,
    }),
    failed: complete.reject,
    noticeHandlers: {
      engine: {
        complete: ({ isContent }) => complete.resolve(isContent),
        closed: ({ reason }) => closed.resolve(reason),
      },
    },
  });
  const engine = root.ref<TinyProtocol>("engine");
  const { port } = await engine.call("listen", {});
  await engine.call("dial", { port: seed.port });
  t.true(await complete.promise);
  t.is(await closed.promise, "both-seeds");
  const fetched = await fetchTorrent(shape, port, () => void engine.call("unchoke-all", {}));
  t.true(Buffer.from(fetched).equals(content(0, shape.totalBytes)));
  await root.stop();
});

test("the peer-worker starts in a thread of its own, listens, and stops", async (t) => {
  const memory = new SharedArrayBuffer(131_072);
  const root = await openRoot({
    host: threadHost(),
    spec: soleActor({
      name: "peer-0",
      role: "peer",
      entry: peerWorkerEntry,
      options: () => ({
        slab: { id: 1 as SlabId, memory },
        downloadBytes: 65_536,
        uploadBytes: 65_536,
        receiveBufferBytes: 65_536,
        halfOpenLimit: 8,
        handshakeLimit: 512,
        requestBytes: 1 << 20,
        bind: [],
        client: "test",
      }),
    }),
    failed: (error) => t.fail(String(error)),
    noticeHandlers: {},
  });
  const peer = root.ref<PeerProtocol>("peer-0");
  const answer = await peer.call("listen", { hosts: ["127.0.0.1"], port: 0, reusePort: false });
  t.true("port" in answer && answer.port > 0);
  const taken = await peer.call("listen", { hosts: ["192.0.2.77"], port: 0, reusePort: false });
  t.deepEqual(taken, { refused: "EADDRNOTAVAIL", host: "192.0.2.77" });
  await root.stop();
});
