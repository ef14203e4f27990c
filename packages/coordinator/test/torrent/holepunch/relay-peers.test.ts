// Peers that ask us to bring them together with another.

import test from "ava";
import { plainTcp, plainUtp } from "@troupe/messages";
import { HolepunchCode } from "@troupe/protocol/peer";

import { holepunchReceived } from "../../../src/torrent/holepunch/holepunch.ts";
import { idBytes, rowIndex } from "../../support/engine-scene.ts";
import { peerScene, port } from "../../support/peer-scene.ts";

const askerHost = "8.0.0.1";
const targetHost = "8.0.0.2";
const { noSelf, noSuchPeer, noSupport, notConnected } = HolepunchCode;

/** Two connected peers that we dialled; by default both punch holes. */
function scene({ targetPunches = true, kind = plainTcp } = {}) {
  const made = peerScene({}, { maxPeers: 200 });
  const { engine, job } = made;
  engine.network.udpSockets = [{ family: 4, host: "0.0.0.0", port: 6_881 }];
  for (const [place, host] of [askerHost, targetHost].entries()) {
    const peer = { host, kind };
    made.admit(`peer-${place}`, { host });
    made.open(`peer-${place}`, place, peer);
    const connected = job.peers.byPeerId(Buffer.from(idBytes(`peer-${place}`)).toString("latin1"));
    if (connected === undefined) throw new Error("a peer is not connected");
    if (place === 0 || targetPunches) connected.punchesHoles = true;
  }
  const ask = (host: string, askedPort = port): void =>
    holepunchReceived(engine, job, made.peerWorker(0), {
      torrent: job.id,
      peer: rowIndex(0),
      message: { kind: "rendezvous", host, port: askedPort },
    });
  const sent = () =>
    made
      .ref(0)
      .casts("send-holepunch")
      .map(({ message, peer }) => ({ ...message, peer }));
  return { ...made, ask, sent };
}

test("B07: a relay tells both peers to connect, the asked one first", (t) => {
  for (const kind of [plainTcp, plainUtp]) {
    const { ask, sent } = scene({ kind });
    ask(targetHost);
    t.deepEqual(sent(), [
      { kind: "connect", host: askerHost, port, peer: rowIndex(1) },
      { kind: "connect", host: targetHost, port, peer: rowIndex(0) },
    ]);
  }
});

test("B07: a relay refuses with the code of the reason", (t) => {
  const refusal = (host: string, askedPort = port, options = {}) => {
    const { ask, sent } = scene(options);
    ask(host, askedPort);
    return sent().map((message) => (message.kind === "error" ? message.code : message.kind));
  };
  t.deepEqual(refusal("8.0.0.3"), [notConnected]);
  t.deepEqual(refusal(targetHost, port + 1), [notConnected]);
  t.deepEqual(refusal(targetHost, 0), [noSuchPeer]);
  t.deepEqual(refusal("192.168.0.1"), [noSuchPeer]);
  t.deepEqual(refusal("127.0.0.1"), [noSuchPeer]);
  t.deepEqual(refusal(askerHost), [noSelf]);
  t.deepEqual(refusal(targetHost, port, { targetPunches: false }), [noSupport]);
});

test("B07: an error names the address that was asked for, to the asker alone", (t) => {
  const { ask, sent } = scene();
  ask("8.0.0.3", 7_000);
  t.deepEqual(sent(), [
    { kind: "error", host: "8.0.0.3", port: 7_000, code: notConnected, peer: rowIndex(0) },
  ]);
});

test("B07: fifty requests a second are answered, those beyond are dropped", (t) => {
  const { ask, sent, time } = scene();
  for (let count = 0; count < 80; count++) ask("8.0.0.3");
  t.is(sent().length, 50);
  time.advance(1_000);
  ask("8.0.0.3");
  t.is(sent().length, 51);
});

test("B07: a peer that does not offer the extension is not answered", (t) => {
  const { ask, job, sent } = scene();
  for (const peer of job.peers.connected()) delete peer.punchesHoles;
  ask(targetHost);
  t.deepEqual(sent(), []);
});
