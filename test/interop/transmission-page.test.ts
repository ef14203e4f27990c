// Transmission's own page in Chromium, served by nginx beside a service as in examples/nginx: clicks, and their effects.

import test from "ava";
import { freshBrowser } from "../support/file-browser.ts";
import { startTransmissionPage } from "../support/clients/nginx-proxy.ts";
import { TransmissionPage } from "../support/clients/transmission-page.ts";
import { until } from "../support/time/until.ts";
import type { Served } from "../support/service/served.ts";
import { SmallSwarm } from "../support/service/small-swarm.ts";

const otherHash = "ab".repeat(20);
/** kB/s: the page, which asks every five seconds, sees a part of the 60 kB. */
const slow = 1;

/** The limit of downloads in the engine's own settings. */
async function downLimit(served: Served): Promise<unknown> {
  return (await served.run("engine-settings", {})).body.result.limits?.down;
}

async function stateOf(served: Served, torrent: string): Promise<unknown> {
  return (await served.run("status", { torrent })).body.result?.state;
}

async function names(served: Served): Promise<readonly string[]> {
  const { body } = await served.ask("/api/v1/torrents", { isLocal: true });
  return (body.torrents as { name: string }[]).map(({ name }) => name).toSorted();
}

test.serial(
  "Transmission's page lists, adds, pauses, starts, inspects, limits and removes torrents, without an error in its console",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const swarm = stack.use(await SmallSwarm.open({ trustedProxies: ["127.0.0.1"] }));
    const { served, torrent } = swarm;
    const nginx = stack.use(await startTransmissionPage(served.port));
    const browser = stack.use(await freshBrowser());
    const page = await TransmissionPage.open(browser, nginx.host, served.password);
    t.deepEqual(await page.rows(), []);

    await page.limitDownloads(slow);
    await until("the limit", async () => (await downLimit(served)) === slow * 1_000);

    await page.addFile(torrent.path);
    await page.shows("payload", ({ progress }) => / of 60\.0 kB \((?:[1-9]|\d\d\.)/.test(progress));
    await page.inspect("payload", {
      info: new RegExp(`60\\.0 kB \\(4 pieces @ 16\\.0 KiB\\)[^]*${torrent.infoHash}`),
      peers: /127\.0\.0\.1/,
      trackers: /127\.0\.0\.1/,
      files: /a\.bin[^]*b\.bin/,
    });
    await page.click("payload", "pause");
    await until("the stop", async () => (await stateOf(served, torrent.infoHash)) === "stopped");
    await page.shows("payload", ({ peers }) => peers === "Paused");
    await page.click("payload", "start");
    await until("the start", async () => (await stateOf(served, torrent.infoHash)) === "active");

    await page.unlimitDownloads();
    await until("no limit", async () => (await downLimit(served)) === 0);
    await page.shows("payload", ({ progress }) => progress.startsWith("60.0 kB, uploaded 0 B"));
    await page.addMagnet(`magnet:?xt=urn:btih:${otherHash}&dn=other`);
    await page.lists(["other", "payload"]);
    t.deepEqual(await names(served), ["other", "payload"]);
    await page.click("payload", "remove");
    await page.lists(["other"]);
    t.deepEqual(await names(served), ["other"]);
    t.deepEqual(page.errors, []);
  },
);
