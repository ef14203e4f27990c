import test from "ava";
import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol } from "@troupe/messages";
import { openAtWorker } from "../../../src/torrent/join-swarm.ts";
import {
  extensionFailed,
  extensionThrew,
  extensionsOf,
} from "../../../src/torrent/plugins/extensions.ts";
import { setModules } from "../../../src/torrent/plugins/set-modules.ts";
import { makeScene, putIn } from "../../support/engine-scene.ts";

const [chat, vote] = ["file:///chat.mjs", "file:///vote.mjs"];

/** Messages of a name to a worker since the last time. */
function takeSent<Name extends "open-torrent" | "set-extensions">(
  scene: ReturnType<typeof makeScene>,
  index: number,
  name: Name,
): MessageOf<PeerProtocol, Name>[] {
  return scene
    .ref(index)
    .sent.splice(0)
    .filter((sent) => sent.name === name)
    .map(({ message }) => message as MessageOf<PeerProtocol, Name>);
}

test("AE27: every peer-worker gets the extensions when it opens the torrent, and each change", (t) => {
  const scene = makeScene({ workers: 2 });
  const job = scene.addJob();
  const sentTo = (index: number) => takeSent(scene, index, "set-extensions");
  setModules(scene.engine, job, { torrent: job.id, modules: { extensions: [chat] } });
  for (const index of [0, 1]) {
    const [sent, ...others] = sentTo(index);
    t.deepEqual(others, []);
    t.like(sent, { torrent: job.id, extensions: { urls: [chat] } });
  }
  setModules(scene.engine, job, { torrent: job.id, modules: { picker: vote, extensions: [chat] } });
  t.deepEqual(sentTo(0), [], "the same extensions");
  openAtWorker(scene.engine, job, scene.peerWorker(1));
  const [opened] = takeSent(scene, 1, "open-torrent");
  t.deepEqual(opened?.extensions, extensionsOf(job).extensions);
  setModules(scene.engine, job, { torrent: job.id, modules: {} });
  t.deepEqual(sentTo(0), [{ torrent: job.id }]);
});

test("AE27: modules see the figures of the torrent, of a magnet only its name", (t) => {
  const scene = makeScene();
  const job = scene.addJob({ pieces: 3, pieceLengthBytes: 32_768 });
  setModules(scene.engine, job, { torrent: job.id, modules: { extensions: [chat] } });
  t.deepEqual(extensionsOf(job).extensions?.torrent, {
    infoHash: job.infoHash,
    name: job.name,
    pieceCount: 3,
    pieceLengthBytes: 32_768,
    totalBytes: job.content.ledger.geometry.totalBytes,
    isPrivate: false,
  });
  const magnet = makeScene().addJobWithoutContent();
  setModules(scene.engine, magnet, { torrent: magnet.id, modules: { extensions: [chat] } });
  t.like(extensionsOf(magnet).extensions?.torrent, { pieceCount: 0, totalBytes: 0 });
});

test("AE27: a module that cannot be used fails its torrent, unless it was replaced or the torrent rests", (t) => {
  const scene = makeScene();
  const job = scene.addJob();
  const worker = scene.peerWorker(0);
  const news = { torrent: job.id, url: chat, message: "cannot use the extension" };
  extensionFailed(scene.engine, job, worker, news);
  t.is(job.state, "active", "a module of before");
  setModules(scene.engine, job, { torrent: job.id, modules: { extensions: [chat] } });
  extensionFailed(scene.engine, job, worker, news);
  t.not(job.state, "active");
  const other = makeScene();
  const resting = other.addJob();
  putIn(resting, "stopped");
  setModules(other.engine, resting, { torrent: resting.id, modules: { extensions: [chat] } });
  t.deepEqual(takeSent(other, 0, "set-extensions"), []);
  extensionFailed(other.engine, resting, other.peerWorker(0), { ...news, torrent: resting.id });
  t.is(resting.state, "stopped");
});

test("AE27: an error of a handler is a warning", (t) => {
  const scene = makeScene();
  const job = scene.addJob();
  const message = "the handler message of the extension file:///chat.mjs threw Error: boom";
  extensionThrew(scene.engine, job, scene.peerWorker(0), { torrent: job.id, url: chat, message });
  scene.gather();
  const warnings = scene.events().filter(({ event }) => event === "warning");
  t.like(warnings[0], { code: "extension-failed", message });
  t.is(job.state, "active");
});
