import test from "ava";
import { eventLoopTurn } from "@troupe/actor-runtime";

import {
  RecordingModule,
  firstPluginId,
  offerPlugins,
  sendPlugin,
  setExtensions,
  shape,
} from "../../support/plugin-scene.ts";
import type { ScriptedPeer } from "../../support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "../../support/worker-bench.ts";

const [chatUrl, voteUrl] = ["file:///chat.mjs", "file:///vote.mjs"];

/** The names that the last handshake offers, with their ids. */
function offersOf(peer: ScriptedPeer): Record<string, number> {
  peer.takeMessages();
  const own = new Set(["ut_metadata", "ut_pex", "lt_donthave", "upload_only"]);
  const offers = [...(peer.handshakes.at(-1)?.extensions ?? [])];
  return Object.fromEntries(offers.filter(([name]) => !own.has(name)));
}

test("AE27: two torrents have different extensions", async (t) => {
  const bench = await WorkerBench.start();
  const [chat, vote] = [new RecordingModule("x_chat"), new RecordingModule("x_vote")];
  bench.modules.set(chatUrl, chat.make);
  bench.modules.set(voteUrl, vote.make);
  const open = (url: string): Promise<BenchTorrent> =>
    bench.openTorrent({ had: "#...", extensions: { urls: [url], torrent: shape } });
  const [first, second] = [await open(chatUrl), await open(voteUrl)];
  const [a, b] = [await bench.meet(first, "a"), await bench.meet(second, "b")];
  t.deepEqual(offersOf(a), { x_chat: firstPluginId });
  t.deepEqual(offersOf(b), { x_vote: firstPluginId });
  offerPlugins(a, ["x_chat", "x_vote"]);
  sendPlugin(a, "to chat");
  t.deepEqual(chat.take(), ["connected 198.51.100.97", "message 198.51.100.97 to chat"]);
  t.deepEqual(vote.take(), []);
  t.deepEqual(chat.shapes, [shape]);
});

test("AE27: a torrent without plugin extensions offers nothing more, and a message of theirs is unknown", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  await bench.send("set-extensions", { torrent: torrent.id });
  const peer = await bench.meet(torrent, "a");
  t.deepEqual(offersOf(peer), {});
  t.is(peer.handshakes.length, 1);
  offerPlugins(peer, ["x_chat"]);
  sendPlugin(peer, "hello");
  t.false(peer.isClosed);
});

test("AE27: peers of before get a handshake again when the modules are loaded", async (t) => {
  const bench = await WorkerBench.start();
  const chat = new RecordingModule("x_chat");
  bench.modules.set(chatUrl, chat.make);
  const early = await bench.openWithoutContent();
  const peer = await bench.meet(early, "a");
  offerPlugins(peer, ["x_chat"]);
  t.deepEqual(offersOf(peer), {});
  await setExtensions(bench, early, { [chatUrl]: chat.make });
  t.deepEqual(offersOf(peer), { x_chat: firstPluginId });
  t.deepEqual(chat.take(), ["connected 198.51.100.97"], "its offer of before counts");
});

test("AE27: a swap ends the extensions of before, keeps the id of a name, and takes back names that are gone", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  const [chat, vote, again] = [
    new RecordingModule("x_chat"),
    new RecordingModule("x_vote"),
    new RecordingModule("x_chat"),
  ];
  await setExtensions(bench, torrent, { [chatUrl]: chat.make });
  const peer = await bench.meet(torrent, "a");
  offerPlugins(peer, ["x_chat", "x_vote"]);
  t.deepEqual(offersOf(peer), { x_chat: 6 });
  await setExtensions(bench, torrent, { [voteUrl]: vote.make, [chatUrl]: again.make });
  t.deepEqual(offersOf(peer), { x_chat: 6, x_vote: 7 });
  t.deepEqual(chat.take(), ["connected 198.51.100.97", "close"]);
  sendPlugin(peer, "hello", 6);
  t.deepEqual(again.take(), ["connected 198.51.100.97", "message 198.51.100.97 hello"]);
  t.deepEqual(vote.take(), ["connected 198.51.100.97"]);
  t.false(chat.peers[0]?.send(Buffer.from("late")), "the peer of an ended extension is silent");
  chat.peers[0]?.close();
  await setExtensions(bench, torrent, { [voteUrl]: vote.make });
  t.deepEqual(offersOf(peer), { x_chat: 0, x_vote: 7 });
  await bench.send("set-extensions", { torrent: torrent.id });
  t.deepEqual(offersOf(peer), { x_vote: 0 });
  t.deepEqual(vote.take(), ["close", "connected 198.51.100.97", "close"]);
  t.false(peer.isClosed);
});

test("AE27: an extension goes on until the modules of a swap are loaded, and the last swap counts", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  const [chat, vote, last] = [
    new RecordingModule("x_chat"),
    new RecordingModule("x_vote"),
    new RecordingModule("x_last"),
  ];
  await setExtensions(bench, torrent, { [chatUrl]: chat.make });
  const peer = await bench.meet(torrent, "a");
  offerPlugins(peer, ["x_chat", "x_vote", "x_last"]);
  const slow = Promise.withResolvers<unknown>();
  const { loadModule } = bench.worker.context;
  t.teardown(() => Object.assign(bench.worker.context, { loadModule }));
  Object.assign(bench.worker.context, {
    loadModule: (step: number, subject: number, url: string) =>
      url === voteUrl ? slow.promise : loadModule(step, subject, url),
  });
  await setExtensions(bench, torrent, { [voteUrl]: vote.make });
  sendPlugin(peer, "still here");
  t.deepEqual(chat.take(), ["connected 198.51.100.97", "message 198.51.100.97 still here"]);
  await setExtensions(bench, torrent, { "file:///last.mjs": last.make });
  slow.resolve(vote.make);
  await bench.settle();
  t.deepEqual(chat.take(), ["close"]);
  t.deepEqual(vote.take(), []);
  t.deepEqual(last.take(), ["connected 198.51.100.97"]);
});

test("AE27: messages before the admission survive a swap that keeps their extension", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  const [chat, vote, again] = [
    new RecordingModule("x_chat"),
    new RecordingModule("x_vote"),
    new RecordingModule("x_chat"),
  ];
  await setExtensions(bench, torrent, { [chatUrl]: chat.make, [voteUrl]: vote.make });
  bench.admission = undefined;
  const peer = await bench.meet(torrent, "a");
  offerPlugins(peer, ["x_chat", "x_vote"]);
  sendPlugin(peer, "to chat", 6);
  sendPlugin(peer, "to vote", 7);
  await setExtensions(bench, torrent, { [chatUrl]: again.make });
  bench.admission = "admitted";
  await bench.settle();
  t.deepEqual(again.take(), ["connected 198.51.100.97", "message 198.51.100.97 to chat"]);
  t.deepEqual([...chat.take(), ...vote.take()], ["close", "close"]);
});

test("AE27: the metadata of a magnet starts its extensions anew, with the figures of the torrent", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openWithoutContent();
  const chat = new RecordingModule("x_chat");
  await setExtensions(bench, torrent, { [chatUrl]: chat.make });
  const peer = await bench.meet(torrent, "a");
  offerPlugins(peer, ["x_chat"]);
  const extensions = { urls: [chatUrl], torrent: { ...shape, pieceCount: 9 } };
  await bench.addContent(torrent, { had: "....", extensions });
  t.deepEqual(
    chat.shapes.map(({ pieceCount }) => pieceCount),
    [4, 9],
  );
  t.deepEqual(chat.take(), ["connected 198.51.100.97", "close", "connected 198.51.100.97"]);
  t.deepEqual(offersOf(peer), { x_chat: firstPluginId });
  t.false(peer.isClosed);
});

test("AE27: a closed torrent starts no extension whose module loads late", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  const chat = new RecordingModule("x_chat");
  bench.modules.set(chatUrl, chat.make);
  const message = { torrent: torrent.id, extensions: { urls: [chatUrl], torrent: shape } };
  await Promise.all([
    bench.send("set-extensions", message),
    bench.send("close-torrent", { torrent: torrent.id }),
  ]);
  t.deepEqual(chat.take(), []);
  t.deepEqual(chat.shapes, []);
});

for (const [what, make, reason] of [
  ["is no function", 42, /the default export of the module is no function/],
  [
    "throws",
    () => {
      throw new Error("no luck");
    },
    /it threw Error: no luck/,
  ],
  ["makes nothing", () => undefined, /it made no object/],
  ["makes a promise", async () => ({ name: "x_chat" }), /it made no object/],
  ["has no name", () => ({ message() {} }), /its name must have 1 to 64 visible ASCII characters/],
  ["has the name of ours", () => ({ name: "ut_pex", message() {} }), /another extension "ut_pex"/],
  ["has no handler of messages", () => ({ name: "x_chat" }), /its message must be a function/],
] as const) {
  test(`AE27: a module that ${what} fails the extensions of its torrent`, async (t) => {
    const bench = await WorkerBench.start();
    const torrent = await bench.openTorrent({ had: "#..." });
    const [vote, other] = [new RecordingModule("x_vote"), new RecordingModule("x_other")];
    await setExtensions(bench, torrent, { "file:///other.mjs": other.make });
    await setExtensions(bench, torrent, { [voteUrl]: vote.make, [chatUrl]: make });
    const failed = bench.takeNotice("extension-failed");
    t.is(failed.torrent, torrent.id);
    t.is(failed.url, chatUrl);
    t.regex(failed.message, /^cannot use the extension file:\/\/\/chat.mjs of a torrent: /);
    t.regex(failed.message, reason);
    t.deepEqual(other.take(), ["close"]);
    t.deepEqual(vote.take(), ["close"]);
    t.deepEqual(offersOf(await bench.meet(torrent, "a")), {});
  });
}

test("AE27: a module that cannot be loaded fails the extensions of its torrent", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  const extensions = { urls: ["file:///missing.mjs"], torrent: shape };
  await bench.send("set-extensions", { torrent: torrent.id, extensions });
  t.regex(
    bench.takeNotice("extension-failed").message,
    /the module cannot be loaded: Error: no module file:\/\/\/missing.mjs/,
  );
});

test("AE27: a module that is not loaded within 30 s fails the extensions of its torrent", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  bench.modules.set(chatUrl, new Promise(() => {}));
  const extensions = { urls: [chatUrl], torrent: shape };
  await bench.send("set-extensions", { torrent: torrent.id, extensions });
  await bench.advance(29_999);
  t.deepEqual(bench.takeNotices("extension-failed"), []);
  await bench.advance(1);
  t.regex(bench.takeNotice("extension-failed").message, /Error: it took longer than 30 s/);
});

test("AE27: two modules of a torrent with the same name are refused", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  const [chat, again] = [new RecordingModule("x_chat"), new RecordingModule("x_chat")];
  await setExtensions(bench, torrent, { [chatUrl]: chat.make, [voteUrl]: again.make });
  t.like(bench.takeNotice("extension-failed"), { url: voteUrl });
});

test("AE27: a rejected close of an extension that gives way to a failure does not end the thread", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  let closed = 0;
  const close = (): Promise<void> => {
    closed++;
    return Promise.reject(new Error("late"));
  };
  const chat = new RecordingModule("x_chat", Object.fromEntries([["close", close]]));
  await setExtensions(bench, torrent, { [chatUrl]: chat.make, [voteUrl]: 7 });
  t.is(closed, 1);
  t.regex(bench.takeNotice("extension-failed").message, /no function$/);
  await eventLoopTurn();
});
