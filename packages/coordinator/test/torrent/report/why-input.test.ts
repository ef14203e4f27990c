import test from "ava";
import { PeerField, PeerFlag } from "@troupe/messages";
import { updateRates } from "../../../src/torrent/report/status.ts";
import { whyNow } from "../../../src/torrent/report/why-input.ts";
import { admitPeer, peerOpened } from "../../../src/torrent/swarm/peers.ts";
import { idBytes, makeScene, rowIndex } from "../../support/engine-scene.ts";

/** Torrents with one peer each, of these rates, under a limit of all torrents that peers wait for. */
function scene(rates: readonly number[]) {
  const made = makeScene();
  const limit = { of: "engine", bytesPerSecond: 3_000_000 } as const;
  made.engine.rates.reachedBy = () => limit;
  const jobs = rates.map((rate, at) => {
    const job = made.addJob();
    const peer = {
      ...{ torrent: job.id, peerId: idBytes(`peer ${at}`), host: `8.0.${at}.1`, port: 1 },
      isIncoming: false,
    };
    admitPeer(made.engine, job, made.peerWorker(0), peer);
    peerOpened(made.engine, job, made.peerWorker(0), { ...peer, peer: rowIndex(0) });
    const row = job.content.traffic.row(0, 0);
    row?.setFlag(PeerFlag.amInterested, true);
    row?.setFlag(PeerFlag.amChokedByPeer, false);
    row?.setField(PeerField.downBytesPerSecond, rate);
    updateRates(job);
    return job;
  });
  made.time.advance(60_000);
  return jobs.map((job) => whyNow(made.engine, job));
}

test("a shared limit is the reason of the torrents that take their turns, not of those with slow peers", (t) => {
  const [slow, big, other] = scene([750_000, 1_900_000, 1_800_000]);
  t.deepEqual(slow, { code: "peers-slow", message: "limited by the peer (732 KiB/s)" });
  t.is(big?.code, "limit-reached");
  t.is(other?.code, "limit-reached");
});
