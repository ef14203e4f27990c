// SYNs of senders whose addresses may be forged (case 67).

import { seqPlus, utpTypes } from "@troupe/protocol/utp";
import test from "ava";

import { RawPeer } from "./raw-peer.ts";

const { reset, state } = utpTypes;
const mostUnproved = 256;
const victim = { host: "203.0.113.7", port: 53 };

test("case 67: a SYN gets one answer, no longer than it, and none later, however often it comes", async (t) => {
  const peer = new RawPeer();
  for (let count = 1; count <= 1_000; count++) {
    peer.give({ type: "syn", id: 100, from: victim });
    const answers = peer.takeSent();
    t.is(answers.length, 1);
    t.is(answers[0]?.lengthBytes, 20);
  }
  await peer.pass(600_000);
  t.deepEqual(peer.takeSent(), []);
  const { receivedBytes, sentBytes, unproved } = peer.sockets.stats;
  t.is(sentBytes, receivedBytes);
  t.is(unproved, 1);
});

test("case 67: a SYN with payload and extensions gets 20 bytes", (t) => {
  const peer = new RawPeer();
  peer.give({ type: "syn", id: 100, from: victim, payload: "p".repeat(1_000), selective: [255] });
  t.deepEqual(
    peer.takeSent().map(({ lengthBytes }) => lengthBytes),
    [20],
  );
  t.is(peer.accepts, 0);
});

test("case 67: a hundred thousand SYNs leave 256 entries and no connection, and an honest dialer is let in", (t) => {
  const peer = new RawPeer();
  for (let at = 0; at < 100_000; at++) {
    const host = `${1 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}.7`;
    peer.give({ type: "syn", id: at & 0xffff, seq: at & 0xffff, from: { host, port: 6_881 } });
  }
  const { connections, receivedBytes, sentBytes, unproved } = peer.sockets.stats;
  t.is(unproved, mostUnproved);
  t.is(connections, 0);
  t.is(peer.accepts, 0);
  t.is(sentBytes, receivedBytes);
  peer.takeSent();
  peer.dialIn();
  t.is(peer.text, "hi");
});

test("case 67: before an acknowledgement proves the address no packet gets an answer longer than it", async (t) => {
  const peer = new RawPeer();
  peer.give({ type: "syn", id: 100, from: victim });
  const [answer] = peer.takeSent();
  const proof = seqPlus(answer?.seq ?? 0, -1);
  for (const type of ["data", "fin", "state", "reset"] as const)
    for (let guess = 1; guess < 2_000; guess++)
      peer.give({ type, id: 101, seq: 2, ack: seqPlus(proof, guess), from: victim, payload: "x" });
  await peer.pass(60_000);
  t.is(peer.accepts, 0);
  t.true(peer.takeSent().every(({ lengthBytes }) => lengthBytes === 20));
  const { receivedBytes, sentBytes } = peer.sockets.stats;
  t.true(sentBytes <= receivedBytes, `${sentBytes} bytes for ${receivedBytes}`);
});

test("case 67: strangers of all kinds get no more bytes than they sent", (t) => {
  const peer = new RawPeer();
  let inBytes = 0;
  for (const type of ["syn", "data", "fin", "state", "reset"] as const)
    for (let id = 0; id < 1_000; id++) {
      peer.give({ type, id, from: { host: `198.51.100.${id & 255}`, port: 1 + id } });
      inBytes += 20;
      const answers = peer.takeSent();
      t.true(answers.length <= 1);
      for (const answer of answers) {
        t.true(answer.type === reset || answer.type === state);
        t.is(answer.lengthBytes, 20);
        t.is(answer.to.port, 1 + id);
      }
    }
  const { receivedBytes, sentBytes } = peer.sockets.stats;
  t.is(receivedBytes, inBytes);
  t.true(sentBytes <= receivedBytes);
});

test("case 57: a dial of 7 s, as relays order it, sends 60 bytes to an address that does not answer", async (t) => {
  const peer = new RawPeer();
  const handlers = { bytes() {}, closed() {} };
  peer.sockets.dial(victim, handlers, { timeoutMs: 7_000 });
  await peer.pass(60_000);
  t.deepEqual(
    peer.takeSent().map(({ lengthBytes, type }) => [type, lengthBytes]),
    [
      [utpTypes.syn, 20],
      [utpTypes.syn, 20],
      [utpTypes.syn, 20],
    ],
  );
});
