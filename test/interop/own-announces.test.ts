import test from "ava";
import { Exchange } from "../support/clients/interop.ts";
import { Opentracker } from "../support/clients/opentracker.ts";
import { startOwnTracker } from "../support/clients/own-tracker.ts";
import { RecordedTracker } from "../support/clients/recorded-tracker.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { helloBytes, Relay } from "../support/swarm/relay.ts";

const lengthBytes = 1 << 20;
const urlData = "/announce/passkey?user=name";

test.serial(
  "a tracker gets our started, completed and stopped once over IPv4 and once over IPv6, and opentracker agrees",
  async (t) => {
    await using exchange = await Exchange.prepareWith(
      { pieceLengthBytes: 16_384, files: lengthBytes },
      async (infoHash) =>
        RecordedTracker.before(
          { 4: await Opentracker.start([infoHash]), 6: await startOwnTracker("::1") },
          urlData,
        ),
    );
    const { torrent, tracker: recorded, source, target } = exchange;
    const opentracker = recorded.trackers[4];
    await using seeder = await Troupe.seed({
      torrent: torrent.path,
      folder: source,
      arguments: ["--no-trackers"],
    });
    const { port } = await seeder.event("listening");
    await using relay = await Relay.open({
      target: { host: "127.0.0.1", port: Number(port) },
      gated: "target",
    });
    relay.allow(helloBytes);
    await using download = await Troupe.download({
      torrent: torrent.path,
      folder: target,
      arguments: ["--peer", `${relay.host}:${relay.port}`, "--seed"],
    });
    await recorded.until(
      "started in both families",
      () => recorded.announces("started").length === 2,
    );
    relay.allow(Infinity);
    await download.event("complete");
    await recorded.until(
      "completed in both families",
      () => recorded.announces("completed").length === 2,
    );
    t.like(await opentracker.scrape(torrent.infoHash), {
      complete: 1,
      downloaded: 1,
      incomplete: 0,
    });
    await download.interrupt();
    t.like(await opentracker.scrape(torrent.infoHash), {
      complete: 0,
      downloaded: 1,
      incomplete: 0,
    });

    const events = recorded.announces().filter(({ query }) => query.event !== undefined);
    t.deepEqual(events.map(({ family, query }) => `${query.event} IPv${family}`).toSorted(), [
      "completed IPv4",
      "completed IPv6",
      "started IPv4",
      "started IPv6",
      "stopped IPv4",
      "stopped IPv6",
    ]);
    for (const event of ["started", "completed", "stopped"] as const) {
      const [first, second] = recorded.announces(event);
      t.is(first?.urlData, urlData);
      t.deepEqual(first?.query, second?.query, `${event} says the same over both families`);
      t.is(first?.query.left, event === "started" ? lengthBytes : 0);
    }
  },
);
