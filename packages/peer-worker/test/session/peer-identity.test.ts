import test from "ava";
import { type PeerRowIndex, readBreadcrumb } from "@troupe/messages";
import { peerIdText } from "@troupe/protocol/peer";

import { PeerIdentity } from "../../src/session/peer-identity.ts";

const idBytes = new Uint8Array(20).fill(0x41);
const peerId = peerIdText(idBytes);
const row = 3 as PeerRowIndex;

test("a peer has an address and a source, and no number of a web seed", (t) => {
  const address = { host: "192.0.2.1", port: 6_881, isIncoming: true };
  const identity = new PeerIdentity({ address, peerId }, row, false);
  t.deepEqual(identity.address, address);
  t.deepEqual(identity.source, { host: "192.0.2.1", port: 6_881, peerId: idBytes });
  t.false(identity.isWebSeed);
  t.is(identity.rowIndex, row);
});

test("a web seed has its number in its address", (t) => {
  const address = { host: "seed.example", port: 80, isIncoming: false, webSeed: 0 };
  const identity = new PeerIdentity({ address, peerId }, row, false);
  t.deepEqual(identity.address, address);
  t.true(identity.isWebSeed);
});

test("a breadcrumb names the peer, or the web seed", (t) => {
  const words = new Int32Array(8);
  words.set([1, 2]);
  const address = { host: "192.0.2.1", port: 6_881, isIncoming: true };
  new PeerIdentity({ address, peerId }, row, false).writeBreadcrumb(words);
  t.deepEqual(readBreadcrumb(words)?.peer, { host: "192.0.2.1", port: 6_881 });
  const seed = { host: "seed.example", port: 80, isIncoming: false, webSeed: 4 };
  new PeerIdentity({ address: seed, peerId }, row, false).writeBreadcrumb(words);
  t.like(readBreadcrumb(words), { webSeed: 4 });
});

test("L08: a peer with a private or link-local address is a neighbour", (t) => {
  const isNeighbour = (host: string): boolean =>
    new PeerIdentity({ address: { host, port: 1, isIncoming: true }, peerId }, row, false)
      .isNeighbour;
  for (const host of [
    "10.1.2.3",
    "172.16.0.1",
    "192.168.0.9",
    "169.254.1.1",
    "fd00::1",
    "fe80::1%eth0",
  ])
    t.true(isNeighbour(host), host);
  for (const host of ["127.0.0.1", "::1", "45.1.2.3", "172.32.0.1", "100.64.0.1", "2001:db8::1"])
    t.false(isNeighbour(host), host);
});
