import test from "ava";
import { rangesOf } from "@troupe/messages/testing";
import {
  banPeer,
  noteOwnAddress,
  ownAddressSeen,
  peerListens,
  sourceOfTracker,
} from "../../../src/torrent/swarm/peers.ts";
import { dialMore } from "../../../src/torrent/swarm/dial-schedule.ts";
import { plainTcp, type AddressSource } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import { rowIndex, putIn } from "../../support/engine-scene.ts";
import { host, peerScene as scene, port } from "../../support/peer-scene.ts";

test("a peer that is not known is admitted", (t) => {
  t.is(scene().admit("them"), "admitted");
});

test("we do not connect to ourselves", (t) => {
  t.is(scene({}, { peerId: "us" }).admit("us"), "self");
});

test("a second connection with one peer is a duplicate, at any worker", (t) => {
  const { admit } = scene({ workers: 2 });
  admit("them");
  t.is(admit("them", {}, 1), "duplicate");
  t.is(admit("them", { port: 7000 }), "duplicate");
});

test("A16: of two connections to a peer at one host the one of version 2 stays", (t) => {
  for (const version of ["v2", "upgraded"] as const) {
    const { admit, open, closed } = scene();
    admit("them");
    open("them", 0);
    t.is(admit("them", { port: 50_000, isIncoming: true, version }), "admitted");
    t.deepEqual(
      closed().map(({ peer, reason }) => ({ peer, reason })),
      [{ peer: rowIndex(0), reason: "duplicate" }],
    );
    t.is(admit("them"), "duplicate");
    t.is(admit("them", { port: 50_001, isIncoming: true, version }), "duplicate");
  }
});

test("A16: version 2 at another host ends no connection: a peer id may be copied", (t) => {
  const { admit, open, closed } = scene();
  admit("them");
  open("them", 0);
  t.is(admit("them", { host: "8.0.9.9", isIncoming: true, version: "v2" }), "duplicate");
  t.deepEqual(closed(), []);
});

test("A16: opened connections are counted by their version", (t) => {
  const { admit, engine, open } = scene();
  for (const [place, version] of (["v1", "v2", "upgraded", "upgraded"] as const).entries()) {
    const over = { port: 7_000 + place, version };
    admit(`peer ${place}`, over);
    open(`peer ${place}`, place, over);
  }
  t.deepEqual(
    engine.metrics.versions.read().map(({ labels, value }) => [labels?.["version"], value]),
    [
      ["v1", 1],
      ["v2", 1],
      ["upgraded", 2],
    ],
  );
});

test("a peer that disconnected may connect again", (t) => {
  const { admit, open, close } = scene();
  admit("them");
  open("them", 0);
  close(0);
  t.is(admit("them"), "admitted");
});

test("a seed is not dialled by a seed, and within 2 s by a torrent that a check found damaged", async (t) => {
  const { engine, job, admit, open, close, dials, time } = scene({}, { pieces: 1 });
  job.content.ledger.toHad(0 as PieceIndex);
  job.directory.add(host, port, "tracker-internet");
  dialMore(engine);
  admit("them");
  open("them", 0);
  close(0, { reason: "both-seeds" });
  const before = dials().length;
  await time.pass(2_000);
  dialMore(engine);
  t.is(dials().length, before);
  job.content.ledger.forgetHad();
  dialMore(engine);
  t.is(dials().length, before + 1);
});

test("at the limit of connections no further peer is admitted", (t) => {
  const { admit } = scene({ workers: 2 }, { maxPeers: 2 });
  admit("one");
  admit("two", { port: 2 }, 1);
  t.is(admit("three", { port: 3 }), "full");
});

test("incoming peers leave a fifth of the places to peers that we dial", (t) => {
  const { admit } = scene({}, { maxPeers: 5 });
  const answers = [1, 2, 3, 4, 5].map((number) =>
    admit(`stranger ${number}`, { host: `8.0.1.${number}`, isIncoming: true }),
  );
  t.deepEqual(answers, ["admitted", "admitted", "admitted", "admitted", "full"]);
  t.is(admit("chosen", { host: "8.0.2.1" }), "admitted");
});

test("one internet address is given four places, a local one any number", (t) => {
  const { admit } = scene();
  const meet = (from: string) => (number: number) =>
    admit(`${from} ${number}`, { host: from, port: number, isIncoming: true });
  const expected = ["admitted", "admitted", "admitted", "admitted", "full"];
  t.deepEqual([1, 2, 3, 4, 5].map(meet("8.0.1.1")), expected);
  t.deepEqual([6, 7, 8, 9, 10].map(meet("127.0.0.1")), Array(5).fill("admitted"));
});

test("a banned address is not admitted", (t) => {
  const { admit, job, time } = scene();
  job.directory.ban(host, port, time.nowMs());
  t.is(admit("them", { isIncoming: true }), "banned");
});

test("an address in the IP filter is not admitted", (t) => {
  const { admit, engine } = scene();
  engine.network.ipFilter.set({ ranges: rangesOf(host) });
  t.is(admit("them", { isIncoming: true }), "ip-filtered");
  t.is(admit("them", { host: "8.0.0.2" }), "admitted");
});

test("AE5: a stopped torrent admits no peer; a paused one does", (t) => {
  const { admit, job } = scene();
  putIn(job, "stopping");
  t.is(admit("them"), "closed");
  putIn(job, "paused");
  t.is(admit("them"), "admitted");
});

// Both sides dial at once. Each side sees two handshakes end, in any order, each followed by its opening.
type Direction = "in" | "out";
const orders: readonly (readonly string[])[] = [
  ["admit in", "open in", "admit out", "open out"],
  ["admit in", "admit out", "open in", "open out"],
  ["admit in", "admit out", "open out", "open in"],
  ["admit out", "open out", "admit in", "open in"],
  ["admit out", "admit in", "open out", "open in"],
  ["admit out", "admit in", "open in", "open out"],
];

/** @returns which connections one side still has after these events. */
function keptAt(us: string, them: string, order: readonly string[]): Direction[] {
  const { admit, open, closed } = scene({}, { peerId: us });
  const slots: Record<Direction, number> = { in: 0, out: 1 };
  const kept = new Set<Direction>();
  for (const event of order) {
    const [step, direction] = event.split(" ") as ["admit" | "open", Direction];
    const isIncoming = direction === "in";
    const over = { isIncoming, port: isIncoming ? 50_000 : port };
    if (step === "admit") {
      if (admit(them, over) === "admitted") kept.add(direction);
    } else if (kept.has(direction)) {
      open(them, slots[direction], over);
    }
  }
  for (const { peer } of closed()) kept.delete(peer === rowIndex(slots.in) ? "in" : "out");
  return [...kept];
}

test("when two peers dial each other both keep the connection that the greater id dialled", (t) => {
  for (const order of orders) {
    t.deepEqual(keptAt("greater", "a lesser", order), ["out"], order.join(", "));
    t.deepEqual(keptAt("a lesser", "greater", order), ["in"], order.join(", "));
  }
});

test("an old connection is not given up for one from the other side", (t) => {
  const { admit, open, time } = scene({}, { peerId: "us" });
  admit("them", { isIncoming: true, port: 50_000 });
  open("them", 0, { isIncoming: true, port: 50_000 });
  time.advance(10_000);
  t.is(admit("them"), "duplicate");
});

test("a peer that was not admitted is closed when it opens", (t) => {
  const { open, closed, job } = scene();
  open("them", 3);
  t.deepEqual(closed(), [{ torrent: job.id, peer: rowIndex(3), reason: "not-admitted" }]);
});

test("a peer without a connect event gets no disconnect event", (t) => {
  const { open, close, gather, events } = scene();
  open("them", 0);
  close(0);
  gather();
  t.deepEqual(events(), []);
});

test("a banned peer is closed if it is still that peer", (t) => {
  const { engine, job, admit, open, close, closed, time } = scene();
  admit("liar");
  open("liar", 0);
  const liar = job.peers.at(0, rowIndex(0));
  if (liar === undefined) return t.fail();
  banPeer(engine, job, liar);
  t.deepEqual(closed(), [{ torrent: job.id, peer: rowIndex(0), reason: "bad-piece" }]);
  close(0);
  admit("innocent", { host: "8.0.0.2" });
  open("innocent", 0, { host: "8.0.0.2" });
  banPeer(engine, job, liar);
  t.is(closed().length, 1);
  t.true(job.directory.isBanned(host, port, time.nowMs()));
  t.false(job.directory.isBanned("8.0.0.2", port, time.nowMs()));
});

const source = test.macro({
  exec: (t, url: string, expected: AddressSource, remoteHost?: string) =>
    t.is(sourceOfTracker(url, remoteHost), expected),
  title: (_title, url, expected, remoteHost?: string) =>
    `${url}${remoteHost === undefined ? "" : ` answered from ${remoteHost}`} is a ${expected}`,
});

test(source, "http://127.0.0.1:6969/announce", "tracker-local");
test(source, "http://localhost:6969/announce", "tracker-local");
test(source, "http://[::1]:6969/announce", "tracker-local");
test(source, "http://192.168.0.9/announce", "tracker-local");
test(source, "https://tracker.example/announce", "tracker-internet");
test(source, "http://8.8.8.8/announce", "tracker-internet");
test(source, "http://tracker.lan/announce", "tracker-local", "192.168.0.9");
test(source, "http://tracker.example/announce", "tracker-internet", "8.8.8.8");
test(source, "http://127.0.0.1/announce", "tracker-internet", "8.8.8.8");

test("an incoming peer is dialled at its listen port after its worker has crashed", (t) => {
  const { engine, job, peerWorker, admit, open, close, dials } = scene();
  const incoming = { isIncoming: true, port: 50_000 };
  admit("them", incoming);
  open("them", 0, incoming);
  peerListens(engine, job, peerWorker(0), { torrent: job.id, peer: rowIndex(0), port: 7_000 });
  dialMore(engine);
  t.deepEqual(dials(), [], "it is connected");
  close(0, { ...incoming, reason: "closed" });
  dialMore(engine);
  t.deepEqual(
    dials().map((dial) => `${dial.host}:${dial.port}`),
    [`${host}:7000`],
  );
});

test("A16: a peer of a link whose metadata shows a hybrid is dialled again at once, by the hash of version 2", (t) => {
  for (const isIncoming of [false, true]) {
    const { engine, job, peerWorker, admit, open, close, dials } = scene();
    job.directory.add(host, 7_000, "tracker-internet");
    const address = isIncoming ? { isIncoming, port: 50_000 } : { port: 7_000 };
    admit("them", address);
    open("them", 0, address);
    if (isIncoming) {
      const listens = { torrent: job.id, peer: rowIndex(0), port: 7_000 };
      peerListens(engine, job, peerWorker(0), listens);
    } else job.directory.connected(host, 7_000, plainTcp, 0, "v1");
    close(0, { ...address, reason: "version-upgrade" });
    dialMore(engine);
    t.like(dials(), [{ host, port: 7_000, foundBy: "v2" }]);
  }
});

test("an address that peers of five networks see as ours is not dialled", (t) => {
  const { engine, job, peerWorker, admit, open, dials } = scene();
  const [ours, other] = ["203.0.113.9", "198.51.100.7"];
  engine.network.publicPort = 6_881;
  for (const address of [ours, other]) job.directory.add(address, 6_881, "tracker-internet");
  for (const row of [0, 1, 2, 3, 4]) {
    const from = { host: `8.0.${row}.1`, isIncoming: true };
    admit(`peer ${row}`, from);
    open(`peer ${row}`, row, from);
    const seen = { torrent: job.id, peer: rowIndex(row), host: ours };
    ownAddressSeen(engine, job, peerWorker(0), seen);
  }
  dialMore(engine);
  t.deepEqual(
    dials().map((dial) => dial.host),
    [other],
  );
  t.false(job.directory.add(ours, 6_881, "tracker-internet"));
});

test("our own address is forgotten in every torrent, and the votes of all torrents count", (t) => {
  const { engine, job, addJob, peerWorker, admit, open } = scene();
  const other = addJob();
  const ours = "203.0.113.9";
  other.directory.add(ours, 6_881, "tracker-internet");
  for (const row of [0, 1, 2, 3]) {
    const from = { host: `8.0.${row}.1`, isIncoming: true };
    admit(`peer ${row}`, from);
    open(`peer ${row}`, row, from);
    ownAddressSeen(engine, job, peerWorker(0), {
      torrent: job.id,
      peer: rowIndex(row),
      host: ours,
    });
  }
  t.is(other.directory.size, 1);
  noteOwnAddress(engine, ours, "9.0.0.1");
  t.is(other.directory.size, 0);
  t.is(engine.network.ownAddresses.addressOf(4), ours);
});

test("a connection is reported with the sources of its address", (t) => {
  const { job, admit, open, gather, events } = scene();
  job.directory.add(host, port, "pex-internet");
  admit("them");
  open("them", 0);
  admit("stranger", { isIncoming: true, port: 50_000 });
  open("stranger", 1, { isIncoming: true, port: 50_000 });
  gather();
  t.deepEqual(
    events().map((event) => event.event === "peer" && event.sources),
    [["pex-internet"], []],
  );
});

test("an incoming peer without a listen port is not dialled", (t) => {
  const { engine, admit, open, close, dials } = scene();
  const incoming = { isIncoming: true, port: 50_000 };
  admit("them", incoming);
  open("them", 0, incoming);
  close(0, { ...incoming, reason: "closed" });
  dialMore(engine);
  t.deepEqual(dials(), []);
});

test("the port that a dialled peer names is ignored", (t) => {
  const { engine, job, peerWorker, admit, open, dials } = scene();
  admit("them");
  open("them", 0);
  peerListens(engine, job, peerWorker(0), { torrent: job.id, peer: rowIndex(0), port: 7_000 });
  t.is(job.directory.size, 0);
  dialMore(engine);
  t.deepEqual(dials(), []);
});
