import test from "ava";
import { PeerStep } from "@troupe/messages";
import { encodeExtendedHandshake, encodeExtensionPayload } from "@troupe/protocol/peer";

import type { ExtensionPeer } from "../../../src/extensions/plugins/peer-extension.ts";
import { maxEarlyPluginBytes, maxPluginBytesOut } from "../../../src/limits.ts";
import {
  RecordingModule,
  firstPluginId,
  offerPlugins,
  peersPluginId,
  sendPlugin,
  setExtensions,
} from "../../support/plugin-scene.ts";
import type { ScriptedPeer } from "../../support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "../../support/worker-bench.ts";

/** A torrent whose peers may speak `x_chat`. */
async function chat(parts: ConstructorParameters<typeof RecordingModule>[1] = {}): Promise<{
  readonly bench: WorkerBench;
  readonly torrent: BenchTorrent;
  readonly module: RecordingModule;
}> {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  const module = new RecordingModule("x_chat", parts);
  await setExtensions(bench, torrent, { "file:///chat.mjs": module.make });
  return { bench, torrent, module };
}

/** A peer that speaks it. */
async function meetChatter(
  { bench, torrent }: { readonly bench: WorkerBench; readonly torrent: BenchTorrent },
  id: string,
): Promise<ScriptedPeer> {
  const peer = await bench.meet(torrent, id);
  offerPlugins(peer, ["x_chat"]);
  return peer;
}

test("AE27: a plugin extension hears of peers that offer it, of their messages and of their end", async (t) => {
  const { bench, torrent, module } = await chat();
  const peer = await bench.meet(torrent, "a");
  t.deepEqual(module.take(), [], "a peer without the extension");
  peer.takeMessages();
  t.is(peer.handshakes.at(-1)?.extensions.get("x_chat"), firstPluginId);
  offerPlugins(peer, ["x_chat"]);
  offerPlugins(peer, ["x_chat"]);
  sendPlugin(peer, "hello");
  t.deepEqual(module.take(), ["connected 198.51.100.97", "message 198.51.100.97 hello"]);
  peer.stream.hangUp();
  await bench.settle();
  t.deepEqual(module.take(), ["disconnected 198.51.100.97"]);
  await bench.send("close-torrent", { torrent: torrent.id });
  t.deepEqual(module.take(), ["close"]);
});

test("AE27: a payload is a copy, and no peer that does not offer the extension is heard", async (t) => {
  const payloads: Uint8Array[] = [];
  const { bench, torrent, module } = await chat({
    message: (_peer, payload) => void payloads.push(payload),
  });
  const silent = await bench.meet(torrent, "a");
  sendPlugin(silent, "not offered");
  const peer = await meetChatter({ bench, torrent }, "b");
  const bytes = encodeExtensionPayload(firstPluginId, Buffer.from("abc"));
  peer.stream.arrive(bytes);
  bytes.fill(0);
  t.deepEqual(
    payloads.map((payload) => Buffer.from(payload).toString()),
    ["abc"],
  );
  t.deepEqual(module.take(), ["connected 198.51.100.98"]);
  t.false(silent.isClosed);
});

test("AE27: a peer sees its host, port, client and further fields", async (t) => {
  const { bench, torrent, module } = await chat();
  const peer = await bench.meet(torrent, "a");
  peer.stream.arrive(
    encodeExtendedHandshake({
      client: "a",
      requestQueue: 250,
      extensions: { x_chat: 9 },
      otherFields: { x_name: "Ada", x_list: [1, { of: "x" }], e: 0 },
    }),
  );
  const [seen] = module.peers;
  t.is(seen?.host, "198.51.100.97");
  t.is(seen?.port, 6_881);
  t.is(typeof seen?.client, "string");
  t.deepEqual(seen?.fields, {
    x_name: new Uint8Array(Buffer.from("Ada")),
    x_list: [1, { of: new Uint8Array(Buffer.from("x")) }],
  });
});

test("AE27: messages reach the peer under its id, and our fields are in the handshake", async (t) => {
  const { bench, torrent, module } = await chat({ fields: { x_name: "Bob" } });
  const peer = await bench.meet(torrent, "a");
  const greeting = Buffer.from(peer.stream.takeSent());
  t.true(greeting.includes("6:x_name3:Bob"));
  offerPlugins(peer, ["x_chat"]);
  t.true(module.peers[0]?.send(Buffer.from("hi")));
  const sent = encodeExtensionPayload(peersPluginId, Buffer.from("hi"));
  await bench.settle();
  t.deepEqual(new Uint8Array(peer.stream.takeSent()), sent);
  offerPlugins(peer, ["x_chat"], 0);
  t.false(module.peers[0]?.send(Buffer.from("hi")), "not offered any more");
  peer.stream.hangUp();
  await bench.settle();
  t.false(module.peers[0]?.send(Buffer.from("hi")), "closed");
  t.deepEqual(module.take(), ["connected 198.51.100.97", "disconnected 198.51.100.97"]);
});

for (const handler of ["connected", "message"] as const) {
  for (const isAsync of [false, true]) {
    test(`AE27: ${isAsync ? "a rejection" : "an error"} of ${handler} costs the connection, and nothing else`, async (t) => {
      const fail = (peer: ExtensionPeer): Promise<void> | void => {
        if (!peer.host.endsWith(".97")) return;
        if (isAsync) return Promise.reject(new Error("boom\u001b[2J"));
        throw new Error("boom\u001b[2J");
      };
      const { bench, torrent, module } = await chat({ [handler]: fail });
      const other = await meetChatter({ bench, torrent }, "b");
      const peer = await meetChatter({ bench, torrent }, "a");
      sendPlugin(peer, "one");
      sendPlugin(peer, "two");
      await bench.settle();
      t.true(peer.isClosed);
      t.like(bench.takeNotice("peer-closed"), { reason: "extension-failed", isFault: false });
      t.like(bench.takeNotice("extension-threw"), {
        url: "file:///chat.mjs",
        message: `the handler ${handler} of the extension file:///chat.mjs threw Error: boom[2J`,
      });
      t.false(other.isClosed);
      module.take();
      sendPlugin(other, "still here");
      t.deepEqual(module.take(), handler === "message" ? [] : ["message 198.51.100.98 still here"]);
      const again = await bench.meet(torrent, "c");
      t.false(again.isClosed);
    });
  }
}

test("AE27: a handler runs in a step of the torrent, not of the peer", async (t) => {
  const steps: number[][] = [];
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  const note = (): void => void steps.push([...bench.breadcrumb]);
  const module = new RecordingModule("x_chat", { connected: note, message: note });
  await setExtensions(bench, torrent, { "file:///chat.mjs": module.make });
  const peer = await meetChatter({ bench, torrent }, "a");
  sendPlugin(peer, "x");
  t.deepEqual(steps, Array(2).fill([PeerStep.extension, torrent.id, 0, 0, 0, 0, 0, 0]));
  t.deepEqual([...bench.breadcrumb], Array(8).fill(0));
});

test("AE27: errors are reported once a minute for each module", async (t) => {
  const { bench, torrent } = await chat({
    message: () => {
      throw new Error("boom");
    },
  });
  for (const id of ["a", "b", "c"]) sendPlugin(await meetChatter({ bench, torrent }, id), "x");
  await bench.settle();
  t.is(bench.takeNotices("peer-closed").length, 3);
  t.is(bench.takeNotices("extension-threw").length, 1);
  await bench.advance(60_000);
  sendPlugin(await meetChatter({ bench, torrent }, "d"), "x");
  await bench.settle();
  t.is(bench.takeNotices("extension-threw").length, 1);
});

test("AE27: errors of disconnected and close are reported, and change nothing", async (t) => {
  const { bench, torrent } = await chat({
    disconnected: () => {
      throw new Error("first");
    },
    close: () => {
      throw new Error("second");
    },
  });
  const peer = await meetChatter({ bench, torrent }, "a");
  peer.stream.hangUp();
  await bench.settle();
  t.like(bench.takeNotice("peer-closed"), { reason: "closed-by-peer" });
  t.regex(bench.takeNotice("extension-threw").message, /disconnected .* Error: first/);
  await bench.advance(60_000);
  await bench.send("close-torrent", { torrent: torrent.id });
  t.regex(bench.takeNotice("extension-threw").message, /close .* Error: second/);
  t.is(bench.worker.torrents.size, 0);
});

test("AE27: an extension closes a connection, and hears no more of the messages that have arrived", async (t) => {
  const heard: string[] = [];
  const { bench, torrent } = await chat({
    message(peer, payload) {
      heard.push(Buffer.from(payload).toString());
      peer.close();
    },
  });
  const peer = await meetChatter({ bench, torrent }, "a");
  const messages = ["one", "two"].map((text) =>
    encodeExtensionPayload(firstPluginId, Buffer.from(text)),
  );
  peer.stream.arrive(new Uint8Array(Buffer.concat(messages)));
  await bench.settle();
  t.deepEqual(heard, ["one"]);
  t.like(bench.takeNotice("peer-closed"), { reason: "closed-by-extension", isFault: false });
});

test("AE27: an extension closes connections also outside of its handlers", async (t) => {
  const { bench, torrent, module } = await chat();
  const peer = await meetChatter({ bench, torrent }, "a");
  module.peers[0]?.close();
  module.peers[0]?.close();
  await bench.settle();
  t.true(peer.isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "closed-by-extension" });
});

test("AE27: a flood of messages, or a message that is too long, is a fault of the peer", async (t) => {
  const { bench, torrent, module } = await chat({ maxBytes: 10, maxMessages: 3 });
  const flooding = await meetChatter({ bench, torrent }, "a");
  module.take();
  for (let count = 0; count < 3; count++) sendPlugin(flooding, `${count}`);
  t.false(flooding.isClosed);
  sendPlugin(flooding, "3");
  t.like(bench.takeNotice("peer-closed"), { reason: "extension-flood", isFault: true });
  const patient = await meetChatter({ bench, torrent }, "b");
  for (let minute = 0; minute < 3; minute++) {
    for (let count = 0; count < 3; count++) sendPlugin(patient, "x".repeat(10));
    patient.keepAlive();
    await bench.advance(61_000);
  }
  t.false(patient.isClosed);
  sendPlugin(patient, "x".repeat(11));
  t.like(bench.takeNotice("peer-closed"), { reason: "extension-too-long", isFault: true });
});

test("AE27: a send is refused while 256 KiB wait for the peer, and one that is too long throws", async (t) => {
  const { bench, torrent, module } = await chat();
  const peer = await meetChatter({ bench, torrent }, "a");
  peer.stream.isReading = false;
  const [seen] = module.peers;
  const payload = new Uint8Array(16_384);
  let sent = 0;
  while (seen?.send(payload) === true) sent += payload.length;
  t.is(sent, maxPluginBytesOut - payload.length, "each message counts with its memory");
  t.throws(() => seen?.send(new Uint8Array(16_385)), { instanceOf: RangeError });
  let empty = 0;
  while (seen?.send(new Uint8Array(0)) === true && empty < 1_000) empty++;
  t.true(empty < 200, `${empty} empty messages`);
  peer.stream.read();
  await bench.settle();
  t.true(seen?.send(payload));
});

test("AE27: a send of anything but bytes throws, and the next one is sent", async (t) => {
  const { bench, torrent, module } = await chat();
  const peer = await meetChatter({ bench, torrent }, "a");
  const [seen] = module.peers;
  const wrong: readonly unknown[] = ["text", 7, undefined, new ArrayBuffer(2), [1, 2]];
  for (const payload of wrong)
    t.throws(() => seen?.send(payload as Uint8Array), { instanceOf: TypeError });
  peer.stream.takeSent();
  t.true(seen?.send(Buffer.from("hi")));
  const sent = encodeExtensionPayload(peersPluginId, Buffer.from("hi"));
  t.deepEqual(new Uint8Array(peer.stream.takeSent()), sent);
});

test("AE27: messages before the admission wait for it, in their order and within a bound", async (t) => {
  const { bench, torrent, module } = await chat();
  bench.admission = undefined;
  const peer = await meetChatter({ bench, torrent }, "a");
  sendPlugin(peer, "one");
  sendPlugin(peer, "two");
  const greedy = await meetChatter({ bench, torrent }, "b");
  for (let bytes = 0; bytes <= maxEarlyPluginBytes; bytes += 16_384)
    sendPlugin(greedy, new Uint8Array(16_384));
  t.deepEqual(module.take(), []);
  bench.admission = "admitted";
  await bench.settle();
  t.deepEqual(module.take(), [
    "connected 198.51.100.97",
    "message 198.51.100.97 one",
    "message 198.51.100.97 two",
  ]);
  t.true(greedy.isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "kept-too-much", isFault: false });
  t.false(peer.isClosed);
});

test("AE27: early messages of a peer that is refused are dropped", async (t) => {
  const { bench, torrent, module } = await chat();
  bench.admission = undefined;
  const peer = await meetChatter({ bench, torrent }, "a");
  sendPlugin(peer, "one");
  bench.admission = "full";
  await bench.settle();
  t.true(peer.isClosed);
  t.deepEqual(module.take(), []);
});
