// Packets of a forger who knows of a connection, and guesses its numbers (case 66).

import { seqPlus, utpTypes } from "@troupe/protocol/utp";
import test from "ava";

import { type RawFields, RawPeer } from "./raw-peer.ts";

/** Sequence numbers, ids, acknowledgements: all have 16 bits. */
const numbers = 65_536;
/** Numbers of which a packet in flight or a late repetition is possible. */
const mostPackets = 4_096;
const elsewhere = [
  { host: "10.0.0.8", port: 9_999 },
  { host: "10.0.0.9", port: 9_998 },
];

/** A connection with one packet of ours in flight. */
function connected(): RawPeer {
  const peer = new RawPeer();
  peer.dialIn();
  peer.end.stream?.write(new TextEncoder().encode("x"));
  peer.sockets.batchEnded();
  peer.takeSent();
  return peer;
}

/** The connection goes on as if nothing had come. */
async function goesOn(peer: RawPeer): Promise<boolean> {
  await peer.pass(1);
  const { text } = peer;
  peer.acknowledge(seqPlus(peer.ack, 1));
  peer.say("after");
  await peer.pass(1);
  return peer.end.end === undefined && peer.text === `${text}after` && text === "hi";
}

for (const type of ["reset", "fin", "state", "data"] as const) {
  test(`case 66: a ${type} from another host or port does nothing, whatever its numbers`, async (t) => {
    const peer = connected();
    for (const from of elsewhere)
      for (const ack of [peer.ack, seqPlus(peer.ack, 1)]) {
        const payload = type === "data" ? "forged" : "";
        peer.give({ type, from, seq: 3, ack, payload });
        peer.give({ type, from, seq: 3, ack, payload, id: 100 });
      }
    t.true(await goesOn(peer));
  });

  test(`case 66: a ${type} with any id but those of the connection does nothing`, async (t) => {
    const peer = connected();
    for (let id = 0; id < numbers; id++)
      if (id !== 100 && id !== 101) peer.give({ type, id, seq: 3, ack: seqPlus(peer.ack, 1) });
    t.true(await goesOn(peer));
    t.is(peer.sockets.stats.connections, 1);
  });
}

test("case 66: a reset that guesses is obeyed in one of 16 cases at most", async (t) => {
  let obeyed = 0;
  const step = 64;
  for (let distance = 0; distance < numbers; distance += step) {
    const peer = connected();
    peer.give({ type: "reset", ack: seqPlus(peer.ack, distance) });
    // A connection of its own for each guess. oxlint-disable-next-line no-await-in-loop
    await peer.pass(1);
    if (peer.end.end !== undefined) obeyed++;
  }
  t.true(obeyed > 0);
  t.true(obeyed * step <= mostPackets + 2 * step, `${obeyed * step} numbers`);
});

test("case 66: a state packet, a fin or data outside the window changes nothing", async (t) => {
  const peer = connected();
  const outside: RawFields[] = [];
  for (let distance = mostPackets + 3; distance < numbers - mostPackets - 3; distance += 97)
    outside.push({ seq: seqPlus(2, distance) }, { seq: 3, ack: seqPlus(peer.ack, distance) });
  for (const type of ["state", "fin", "data"] as const)
    for (const fields of outside) peer.give({ type, ...fields });
  t.deepEqual(peer.takeSent(), []);
  t.is(peer.sockets.stats.heldBytes, 0);
  t.true(await goesOn(peer));
});

test("case 66: a reset that answers a dial counts only with the number of our SYN", async (t) => {
  const peer = new RawPeer();
  const handlers = { bytes() {}, closed: () => t.fail("closed") };
  peer.sockets.dial({ host: "10.0.0.9", port: 9_999 }, handlers, { timeoutMs: 5_000 });
  const [asked] = peer.takeSent();
  t.is(asked?.type, utpTypes.syn);
  for (let distance = 1; distance < numbers; distance += 7)
    peer.give({
      type: "reset",
      id: asked?.connectionId ?? 0,
      ack: seqPlus(asked?.seq ?? 0, distance),
    });
  await peer.pass(1);
  t.is(peer.sockets.stats.connections, 1);
});
