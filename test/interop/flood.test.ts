// Flood in Chromium, by both dialects that it speaks: clicks, and their effects.

import test from "ava";
import { freshBrowser } from "../support/file-browser.ts";
import { FloodPage, startFlood } from "../support/clients/flood.ts";
import { until } from "../support/time/until.ts";
import type { Served } from "../support/service/served.ts";
import { SmallSwarm } from "../support/service/small-swarm.ts";

/** The state of the only torrent; undefined when there is none. */
async function state(served: Served): Promise<unknown> {
  const { body } = await served.ask("/api/v1/torrents", { isLocal: true });
  return body.torrents[0]?.state;
}

for (const [dialect, name] of [
  ["tr", "Transmission"],
  ["qb", "qBittorrent"],
] as const) {
  test.serial(
    `Flood as of ${name} lists, stops, starts and removes a torrent, without an error in its console`,
    async (t) => {
      await using stack = new AsyncDisposableStack();
      const swarm = stack.use(await SmallSwarm.open());
      const { served } = swarm;
      swarm.door.allow(30_000);
      const flood = stack.use(await startFlood(served, dialect));
      const browser = stack.use(await freshBrowser());
      const page = await FloodPage.open(browser, flood);
      await served.run("add", { metainfo: Buffer.from(swarm.metainfo).toString("base64") });

      await page.shows("payload", /downloading/, /[1-9]\d?\s*kB[^]*58\.6\s*kB/);
      await page.click("payload", "stop");
      await until("the stop", async () => (await state(served)) === "stopped");
      await page.shows("payload", /stopped/, /payload/);
      await page.click("payload", "start");
      await until("the start", async () => (await state(served)) === "active");
      swarm.door.allow(Infinity);
      await page.shows("payload", /seeding/, /payload/);
      await page.click("payload", "remove");
      await until("the removal", async () => (await state(served)) === undefined);
      await page.lacks("payload");
      t.deepEqual(page.errors, []);
    },
  );
}
