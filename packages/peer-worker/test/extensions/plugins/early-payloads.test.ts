import test from "ava";

import { EarlyPayloads } from "../../../src/extensions/plugins/early-payloads.ts";
import { maxEarlyPluginBytes, maxEarlyPluginTorrentBytes } from "../../../src/limits.ts";
import type { Session } from "../../../src/session/session.ts";

const session = (): Session => ({}) as Session;

test("AE27: kept messages come back by extension, in their order, once", (t) => {
  const early = new EarlyPayloads();
  const peer = session();
  const lent = Uint8Array.of(1);
  t.true(early.keep(peer, "a", lent));
  lent[0] = 9;
  t.true(early.keep(peer, "b", Uint8Array.of(2)));
  t.true(early.keep(peer, "a", Uint8Array.of(3)));
  t.deepEqual(early.take(peer, "a"), [Uint8Array.of(1), Uint8Array.of(3)]);
  t.deepEqual(early.take(peer, "a"), []);
  t.deepEqual(early.take(peer, "b"), [Uint8Array.of(2)]);
  t.deepEqual(early.take(session(), "b"), []);
});

test("AE27: messages to extensions that are gone are dropped", (t) => {
  const early = new EarlyPayloads();
  const [first, second] = [session(), session()];
  const large = new Uint8Array(maxEarlyPluginBytes / 2 - 128);
  for (const peer of [first, second]) early.keep(peer, "a", large);
  t.true(early.keep(first, "b", large));
  t.false(early.keep(first, "b", large));
  early.keepOnly(["b", "c"]);
  t.deepEqual(early.take(second, "a"), []);
  t.true(early.keep(first, "b", large), "their memory is free");
  t.is(early.take(first, "b").length, 2);
});

test("AE27: a peer and a torrent have a bound of kept messages, empty ones included", (t) => {
  const early = new EarlyPayloads();
  const empty = session();
  let kept = 0;
  while (early.keep(empty, "a", new Uint8Array(0))) kept++;
  t.true(kept > 100 && kept <= maxEarlyPluginBytes / 64, `${kept} messages`);
  early.take(empty, "a");
  const large = new Uint8Array(maxEarlyPluginBytes - 128);
  const peers = Array.from({ length: maxEarlyPluginTorrentBytes / maxEarlyPluginBytes }, session);
  t.true(peers.every((peer) => early.keep(peer, "a", large)));
  t.false(early.keep(session(), "a", new Uint8Array(0)));
  for (const peer of peers) early.take(peer, "a");
  t.true(early.keep(session(), "a", large));
});
