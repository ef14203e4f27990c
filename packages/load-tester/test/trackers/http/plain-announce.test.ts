import test, { type ExecutionContext } from "ava";
import { decodeAnnounceReply, encodeAnnounceReply } from "@troupe/protocol/tracker";
import type { PeerAddress } from "@troupe/protocol/address";
import { PlainAnnounce } from "../../../src/trackers/http/plain-announce.ts";

const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));

const peers: readonly PeerAddress[] = [
  { host: "10.77.0.1", port: 6_881 },
  { host: "203.0.113.255", port: 65_535 },
];
const usual = encodeAnnounceReply({
  ...{ intervalSeconds: 1_800, minIntervalSeconds: 900, complete: 1, incomplete: 2 },
  ...{ trackerId: "one", warning: "soon", peers, compact: true },
});

function read(body: Uint8Array): object | undefined {
  const plain = new PlainAnnounce();
  if (!plain.read(body)) return undefined;
  const named = Array.from({ length: plain.peerCount }, (_, peer) => ({
    host: plain.peerHost(peer),
    port: plain.peerPort(peer),
  }));
  return { intervalSeconds: plain.intervalSeconds, peers: named };
}

test("the usual reply is read without the general decoder", (t) => {
  t.deepEqual(read(usual), { intervalSeconds: 1_800, peers });
  const plain = new PlainAnnounce();
  t.true(plain.read(usual));
  t.is(plain.peerIp4(1), 0xcb0071ff);
});

test("a reply without peers names nobody, also after one with peers", (t) => {
  const plain = new PlainAnnounce();
  t.true(plain.read(usual));
  t.true(plain.read(latin1("d8:intervali1800ee")));
  t.is(plain.peerCount, 0);
});

test("a reply that is read equals what the general decoder gives, cut or changed at any byte", (t) => {
  for (let at = 0; at < usual.length; at++) {
    equalOrLeft(t, usual.subarray(0, at));
    for (const byte of [0, 0x2d, 0x30, 0x31, 0x39, 0x64, 0x65, 0x69, 0x6c, 0xff]) {
      const changed = usual.slice();
      changed[at] = byte;
      equalOrLeft(t, changed);
    }
  }
});

const left: readonly (readonly [string, string])[] = [
  ["a refusal", "d14:failure reason2:no8:intervali1800ee"],
  ["a refusal as BEP 48 spells it", "d14:failure_reason2:no8:intervali1800ee"],
  ["a reply without an interval", "d5:peers0:e"],
  ["a negative interval", "d8:intervali-1ee"],
  ["an interval of ten digits", "d8:intervali1000000000ee"],
  ["a number with a leading zero", "d8:intervali060ee"],
  ["keys out of order", "d5:peers0:8:intervali60ee"],
  ["a key twice", "d8:intervali60e8:intervali60ee"],
  ["peers as dictionaries", "d8:intervali60e5:peersld2:ip8:10.0.0.14:porti1eeee"],
  ["peers over IPv6", "d8:intervali60e5:peers0:6:peers618:aaaaaaaaaaaaaaaaaae"],
  ["peers that end inside an address", "d8:intervali60e5:peers5:aaaaae"],
  ["a peer with port 0", "d8:intervali60e5:peers6:\x0a\x00\x00\x01\x00\x00e"],
  ["a multicast peer", "d8:intervali60e5:peers6:\xe0\x00\x00\x01\x00\x01e"],
  ["a string beyond the end", "d8:intervali60e5:peers9:aaae"],
  ["bytes behind the reply", "d8:intervali60eee"],
  ["no dictionary", "i1e"],
  ["nothing", ""],
];

for (const [title, body] of left) {
  test(`the general decoder judges ${title}`, (t) => {
    t.is(read(latin1(body)), undefined);
  });
}

function equalOrLeft(t: ExecutionContext, body: Uint8Array): void {
  const quick = read(body);
  if (quick === undefined) return;
  const { intervalSeconds, peers: named } = decodeAnnounceReply(body);
  t.deepEqual(quick, { intervalSeconds, peers: named });
}
