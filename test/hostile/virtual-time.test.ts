// Every misbehaving peer of the catalogue, alone against the production engine in virtual time: what is done about it, and
// what it costs. An honest seeder beside it serves the download to its end.

import test from "ava";
import { catalogue, type HostilePeer } from "@troupe/load-peers/misbehaving";
import { meetInVirtualTime, type HostileReport } from "../support/simulated/runs/hostility.ts";
import { reactions } from "./reactions.ts";

/** Time in which the honest seeder alone sends the missing pieces. */
const cleanDownloadMs = 650;

const reacts = test.macro<[HostilePeer]>({
  title: (_, { cases, name, does }) => `case ${cases.join(", ")}: ${name} ${does}`,
  async exec(t, peer) {
    const due = reactions[peer.name];
    if (due === undefined) return t.fail("it is not said what is to be done about this peer");
    const { honestAfterMs, version } = due;
    const report = await meetInVirtualTime(peer, {
      version,
      ...(honestAfterMs !== undefined && { honestAfterMs }),
    });
    const { closedAfterMs } = report;
    t.deepEqual(report.violations, []);
    t.deepEqual(partings(report, peer), due.reasons);
    t.true(closedAfterMs <= due.closesWithinMs, `closed after ${closedAfterMs} ms`);
    t.true(closedAfterMs >= (due.closesAfterMs ?? 0), `closed after ${closedAfterMs} ms`);
    const within = (seen: number, most: number, what: string): void => {
      t.true(seen <= most, `${what}: ${seen}, not ${most} at most`);
    };
    within(report.sentBytes, due.takenBytes, "bytes taken");
    within(report.heardBytes, due.saidBytes, "bytes said");
    within(report.wastedBytes, due.wastedBytes, "bytes wasted");
    within(report.heldBytes, due.heldBytes, "bytes held");
    within(
      report.downloadMs,
      1.2 * cleanDownloadMs + (due.heldUpMs ?? 0),
      "milliseconds that the honest download took",
    );
    within(report.dials, due.dials ?? 0, "dials of others");
    if (peer.isDialled === true) within(report.connections, due.visits ?? 1, "dials");
  },
});

/** Sixty hits and runs leave sixty partings, some by a reset: one stands for all. */
function partings({ reasons }: HostileReport, { name }: HostilePeer): readonly string[] {
  // The peer's own end is a reset.
  const ends = reasons.map((reason) => reason.replace("ECONNRESET", "closed-by-peer"));
  if (name !== "hit-and-run") return ends;
  return ends.length === 60 ? ["closed-by-peer"] : ends;
}

for (const peer of catalogue) test.serial(reacts, peer);

test("names in the catalogue are unique, and each has a reaction", (t) => {
  const names = catalogue.map(({ name }) => name);
  t.deepEqual(names.toSorted(), Object.keys(reactions).toSorted());
  t.is(new Set(names).size, names.length);
});

test("the peers show every case of misbehaviour on the wire that exists so far", (t) => {
  const cases = new Set(catalogue.flatMap(({ cases }) => cases));
  const due = [
    33, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 50, 51, 52, 53, 54, 55, 56, 58, 59,
    61, 88,
  ];
  t.deepEqual(
    [...cases].toSorted((a, b) => a - b),
    due,
  );
});
