import { rmSync } from "node:fs";
import test from "ava";
import { Troupe } from "../support/clients/troupe.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writePayload } from "../support/files/payload.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";
import { homeHost, HomeRouter, routerHost } from "../support/gateway.ts";
import type { MappingProtocol } from "../support/miniupnpd.ts";
import { found, until } from "../support/time/until.ts";

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
    await router.shakeHandsWith(Number(port), torrent.infoHash);

    // A gateway whose clock has hardly begun cannot be seen to restart.
    await until("the gateway has run for 5 s", async () => (await router.gateway.seconds()) >= 5);
    await router.gateway.restart();
    t.deepEqual(await router.gateway.mappings(), []);
    // The mappings are verified once a minute.
    const restored = await found("both mappings again", async () => {
      const mappings = await router.gateway.mappings();
      return mappings.length === due.length ? mappings : undefined;
    });
    t.deepEqual(restored, due);
    await router.shakeHandsWith(Number(port), torrent.infoHash);

    await seeder.interrupt();
    // The seeder does not wait for a gateway that is slow to answer.
    await until("nothing is mapped", async () => (await router.gateway.mappings()).length === 0);
    rmSync(folder.path, { recursive: true, force: true });
  },
});

for (const protocol of ["PCP", "NAT-PMP", "UPnP"] as const) test(isMapped, protocol);
