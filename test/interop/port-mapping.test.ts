import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import test from "ava";
import { Troupe } from "../support/clients/troupe.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writePayload } from "../support/files/payload.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";
import { homeHost, HomeRouter, routerHost } from "../support/gateway.ts";
import type { MappingProtocol } from "../support/miniupnpd.ts";
import { until } from "../support/time/until.ts";

/** The mappings are verified once a minute. */
const restoredMs = 90_000;

const isMapped = test.macro<[MappingProtocol]>({
  title: (_, protocol) =>
    `D07: miniupnpd maps our port by ${protocol}, again after its restart, and not after our end`,
  async exec(t, protocol) {
    const folder = temporaryFolder("port-mapping");
    const payload = writePayload({
      ...{ folder: folder.path, name: "payload", pieceLengthBytes: 16_384, files: 100_000 },
    });
    const torrent = writeTorrentFile(payload, []);
    await using router = await HomeRouter.start(protocol);
    await using seeder = await Troupe.seed({
      ...{ torrent: torrent.path, folder: folder.path, within: router.home, mapsPort: true },
      arguments: ["--no-trackers"],
    });
    const { port, externalAddress } = await seeder.mapped();
    await seeder.event("ready");
    t.is(externalAddress, routerHost);
    const due = ["tcp", "udp"].map((transport) => `${transport} ${port}→${homeHost}:${port}`);
    t.deepEqual(await router.gateway.mappings(), due);
    t.is(await router.shakeHandsWith(Number(port), torrent.infoHash), torrent.infoHash);

    // A gateway whose clock has hardly begun cannot be seen to restart.
    await delay(5_000);
    await router.gateway.restart();
    t.deepEqual(await router.gateway.mappings(), []);
    const untilMs = Date.now() + restoredMs;
    let restored: readonly string[] = [];
    while (restored.length < 2 && Date.now() < untilMs) {
      await delay(1_000);
      restored = await router.gateway.mappings();
    }
    t.deepEqual(restored, due, "within 90 s of the restart");
    t.is(await router.shakeHandsWith(Number(port), torrent.infoHash), torrent.infoHash);

    await seeder.interrupt();
    // The seeder does not wait for a gateway that is slow to answer.
    await until("nothing is mapped", async () => (await router.gateway.mappings()).length === 0);
    rmSync(folder.path, { recursive: true, force: true });
  },
});

// Side by side, since each waits a minute for the next look at its router.
for (const protocol of ["PCP", "NAT-PMP", "UPnP"] as const) test(isMapped, protocol);
