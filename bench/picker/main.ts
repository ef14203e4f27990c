// `pnpm bench:picker`: a whole download of a torrent from peers that have 1 to 100 % of it: the pieces that the picker
// looks at, and the time that a pick takes.
//
//   --pieces N   pieces of the torrent (100,000)
//   --peers N    peers (1,000)
//   --count N    pieces wanted in a pick (8)
//   --rate N     picks in a second (2,000)

import { parseArgs } from "node:util";
import { PickerSwarm } from "../../packages/coordinator/test/support/picker-swarm.ts";
import { table } from "../support/statistics.ts";

const { values } = parseArgs({
  options: {
    pieces: { type: "string", default: "100000" },
    peers: { type: "string", default: "1000" },
    count: { type: "string", default: "8" },
    rate: { type: "string", default: "2000" },
  },
});
const pieces = Number(values.pieces);
const peers = Number(values.peers);
const count = Number(values.count);
const rate = Number(values.rate);
/** Parts of our pieces that the peers without a piece for us have. */
const shares = [0, 0.01, 0.1, 0.5, 1];
/** Questions to each such peer: a first question alone would measure cold code. */
const questions = 100;

const looks = countLooks();
const { picks, nothings } = measureTimes();
console.log(`${pieces} pieces, ${peers} peers, ${count} pieces a pick, ${rate} picks a second
looked at: pieces whose state or availability is read. Bitfields are compared 32 pieces at a time beside that.
`);
console.log(
  table([
    ["", "number", "mean looks", "p99 looks", "largest", "p50 µs", "p99 µs"],
    ["pick", ...figures(looks.picks, picks)],
    ["nothing for the peer", ...figures(looks.nothings, nothings)],
  ]),
);
console.log(`
the sort looked at ${(looks.sorted / looks.picks.length).toFixed(0)} pieces for each pick; the times contain its slices`);

/** Time stands still between sorts, which are counted by themselves. */
function countLooks(): { picks: number[]; nothings: number[]; sorted: number } {
  const swarm = new PickerSwarm(pieces, peers, true);
  const all: { picks: number[]; nothings: number[]; sorted: number } = {
    picks: [],
    nothings: [],
    sorted: 0,
  };
  const counted = (act: () => void): number => {
    const before = swarm.looks.count;
    act();
    return swarm.looks.count - before;
  };
  while (swarm.ledger.pickable.count > 0) {
    all.sorted += swarm.sort();
    for (let pick = 0; pick < rate && swarm.ledger.pickable.count > 0; pick++) {
      const peer = swarm.anyPeer();
      let isAny = false;
      const seen = counted(() => (isAny = swarm.download(peer, count) > 0));
      (isAny ? all.picks : all.nothings).push(seen);
    }
    swarm.finish();
    for (const share of shares) {
      if (swarm.ledger.pickable.count === 0) break;
      const peer = swarm.peerWithoutNews(share);
      all.nothings.push(counted(() => swarm.askForNothing(peer, count)));
    }
    swarm.nowMs += Math.max(1000, pieces / 100);
  }
  return all;
}

/** Microseconds of each pick, with its leases and its slice of a sort. */
function measureTimes(): { picks: number[]; nothings: number[] } {
  const swarm = new PickerSwarm(pieces, peers, false);
  const picks: number[] = [];
  const nothings: number[] = [];
  while (swarm.ledger.pickable.count > 0) {
    for (let pick = 0; pick < rate && swarm.ledger.pickable.count > 0; pick++) {
      const peer = swarm.anyPeer();
      let isAny = false;
      const took = microsecondsOf(() => (isAny = swarm.download(peer, count) > 0));
      (isAny ? picks : nothings).push(took);
      swarm.nowMs += 1000 / rate;
    }
    swarm.finish();
    for (const share of shares) {
      const peer = swarm.peerWithoutNews(share);
      if (swarm.ledger.pickable.count === 0) break;
      for (let question = 0; question < questions; question++) {
        nothings.push(microsecondsOf(() => swarm.askForNothing(peer, count)));
      }
    }
  }
  return { picks, nothings };
}

function microsecondsOf(act: () => void): number {
  const began = process.hrtime.bigint();
  act();
  return Number(process.hrtime.bigint() - began) / 1000;
}

function figures(seen: number[], took: number[]): string[] {
  const at = (list: number[], share: number): number =>
    list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))] ?? 0;
  const mean = seen.reduce((sum, each) => sum + each, 0) / seen.length;
  return [
    String(seen.length),
    mean.toFixed(0),
    at(seen, 0.99).toFixed(0),
    at(seen, 1).toFixed(0),
    at(took, 0.5).toFixed(1),
    at(took, 0.99).toFixed(1),
  ];
}
