import test from "ava";
import type { LiveEngineSettings } from "@troupe/control";
import { PeerField, PeerFlag, RateShare } from "@troupe/messages";
import {
  followEngineLimits,
  followGroupLimits,
} from "../../../src/engine/settings/setting-rules.ts";
import { updateRates } from "../../../src/torrent/report/status.ts";
import { whyNow } from "../../../src/torrent/report/why-input.ts";
import { admitPeer, peerOpened } from "../../../src/torrent/swarm/peers.ts";
import { idBytes, makeScene, rowIndex } from "../../support/engine-scene.ts";

/** A torrent with one peer. */
interface PlannedTorrent {
  readonly group?: string;
  readonly bytesPerSecond: number;
}

/** Why torrents are not faster under limits that peers wait for. */
function reasons(limits: LiveEngineSettings, torrents: readonly PlannedTorrent[]) {
  const made = makeScene({ limits });
  const jobs = torrents.map(({ bytesPerSecond, ...settings }, at) => {
    const job = made.addJob({ settings });
    const peer = {
      ...{ torrent: job.id, peerId: idBytes(`peer ${at}`), host: `8.0.${at}.1`, port: 1 },
      isIncoming: false,
    };
    admitPeer(made.engine, job, made.peerWorker(0), peer);
    peerOpened(made.engine, job, made.peerWorker(0), { ...peer, peer: rowIndex(0) });
    const row = job.content.traffic.row(0, 0);
    row?.setFlag(PeerFlag.amInterested, true);
    row?.setFlag(PeerFlag.amChokedByPeer, false);
    row?.setField(PeerField.downBytesPerSecond, bytesPerSecond);
    updateRates(job);
    return job;
  });
  made.time.advance(60_000);
  followEngineLimits(made.engine);
  followGroupLimits(made.engine);
  for (const { limits: share } of made.ref(0).casts("set-limits"))
    new RateShare(share).down.setWaiting(1, 2 ** 30);
  return jobs.map((job) => whyNow(made.engine, job));
}

const slowPeers = { code: "peers-slow", message: "limited by the peer (732 KiB/s)" };

test("a shared limit is the reason of the torrents that take their turns, not of those with slow peers", (t) => {
  const [slow, big, other] = reasons(
    { "limits.down": 3_000_000 },
    [750_000, 1_900_000, 1_800_000].map((bytesPerSecond) => ({ bytesPerSecond })),
  );
  t.deepEqual(slow, slowPeers);
  t.is(big?.code, "limit-reached");
  t.is(other?.code, "limit-reached");
});

test("L09: the limit of a group is the reason of its torrents that take their turns, not of those with slow peers", (t) => {
  const group = "films";
  const [slow, big, other] = reasons({ groups: { films: { limits: { down: 3_000_000 } } } }, [
    { group, bytesPerSecond: 750_000 },
    { group, bytesPerSecond: 1_900_000 },
    { bytesPerSecond: 9_000_000 },
  ]);
  t.deepEqual(slow, slowPeers);
  t.deepEqual(big, {
    code: "limit-reached",
    message: "the download limit of its group is reached: 2.86 MiB/s",
  });
  t.is(other?.code, "peers-slow");
});

test("a limit of each peer is the reason of the torrents whose peers come near it, beside peers that are free of it", (t) => {
  const group = "films";
  const each = { peerDown: 2_000_000 };
  for (const limits of [
    { "limits.peerDown": 2_000_000 },
    { groups: { films: { limits: each } } },
  ]) {
    const [slow, held, free] = reasons(limits, [
      { group, bytesPerSecond: 750_000 },
      { group, bytesPerSecond: 1_900_000 },
      { group, bytesPerSecond: 9_000_000 },
    ]);
    t.deepEqual(slow, slowPeers);
    t.deepEqual(held, {
      code: "limit-reached",
      message: "the download limit of each peer is reached: 1.91 MiB/s",
    });
    t.is(free?.code, "limit-reached");
  }
});
