// The add dialogue: what is dropped, pasted and linked, files that are chosen before the start, addresses without TLS.

import test from "ava";
import type { HTTPRequest } from "puppeteer-core";
import { HeadlessBrowser } from "../support/browser.ts";
import { freshBrowser } from "../support/file-browser.ts";
import { GivenRows } from "../support/page/given-rows.ts";
import { OpenedPage } from "../support/page/opened-page.ts";
import { untilText } from "../support/page/page-views.ts";
import { until } from "../support/time/until.ts";
import { networkAddress } from "../support/service/attacked-service.ts";
import { Served } from "../support/service/served.ts";
import { SmallSwarm } from "../support/service/small-swarm.ts";

const hash = "ab".repeat(20);
const magnet = `magnet:?xt=urn:btih:${hash}&dn=some+film`;

/** Opens the dialogue over no torrents, and adds a text whose first command the browser holds back. */
async function addHeld(browser: HeadlessBrowser, rows: GivenRows, text: string, choice?: string) {
  const opened = await OpenedPage.open(browser, rows.address);
  await opened.shows("Add");
  await opened.paste(text);
  await opened.appears("dialog[open] .item");
  if (choice !== undefined) await opened.click(choice);
  await opened.page.setRequestInterception(true);
  const held = Promise.withResolvers<HTTPRequest>();
  let isFirst = true;
  opened.page.on("request", (request) => {
    if (!isFirst || request.method() !== "POST") return void request.continue();
    isFirst = false;
    held.resolve(request);
  });
  await opened.page.click("dialog [type=submit]");
  return { opened, held: await held.promise };
}

async function torrents(served: Served): Promise<readonly string[]> {
  const { body } = await served.ask("/api/v1/torrents", { isLocal: true });
  return (body.torrents as { torrent: string }[]).map(({ torrent }) => torrent);
}

test.serial(
  "G12: a dropped .torrent is added with the files that were chosen, in a group, and nothing before the click",
  async (t) => {
    await using swarm = await SmallSwarm.open();
    const { served, torrent } = swarm;
    await using browser = await freshBrowser();
    const opened = await OpenedPage.open(browser, `http://127.0.0.1:${served.port}/`, {
      secret: served.password,
    });
    await opened.shows("Add");
    await opened.drop("payload.torrent", swarm.metainfo);
    await opened.appears("dialog[open] .item");
    await opened.until(`document.querySelector(".item-name")?.textContent === "payload"`);
    t.deepEqual(await torrents(served), []);
    await opened.click("Choose its files");
    await opened.until(`document.querySelectorAll(".file-list input").length === 2`);
    await opened.page.click(".file-list input");
    await opened.until(
      `document.querySelector(".item-facts").textContent === "1 of 2 files, 20 kB"`,
    );
    await opened.page.type("input[name=group]", "archive");
    await opened.drop("broken.torrent", Buffer.from("no torrent"));
    await opened.until(`document.querySelectorAll(".item .problem").length === 1`);
    await opened.click("Leave out broken.torrent");
    await opened.click("Add 1 torrent");
    await opened.until(`document.querySelector("dialog") === null`);
    await opened.rowShows("payload", "Seeding");
    const files = (await served.run("files", { torrent: torrent.infoHash })).body.result;
    t.deepEqual(
      files.map((file: { priority: number; haveBytes: number }) => [file.priority, file.haveBytes]),
      [
        [0, 7_232],
        [1, 20_000],
      ],
    );
    const { group } = (await served.run("status", { torrent: torrent.infoHash })).body.result;
    t.is(group, "archive");
    await opened.until(
      `document.querySelector("[role=status]").textContent === "1 torrent was added."`,
    );
    await opened.drop("payload.torrent", swarm.metainfo);
    await opened.until(
      `document.querySelector(".item .problem")?.textContent === "It is in the list already."`,
    );
    t.deepEqual(opened.errors, []);
  },
);

test.serial(
  "G12: a file picker that is closed without a file leaves the dialogue open",
  async (t) => {
    using rows = await GivenRows.open([]);
    await using browser = await freshBrowser();
    const opened = await OpenedPage.open(browser, rows.address);
    await opened.shows("Add");
    await opened.paste(magnet);
    await opened.appears("dialog[open] .item");
    const picker = opened.page.waitForFileChooser();
    await opened.page.click(".drop-zone");
    await (await picker).cancel();
    // A dialogue that had closed would open anew, without the first torrent.
    const other = "cd".repeat(20);
    await opened.paste(other);
    await opened.until(`document.querySelector("dialog[open]")?.textContent.includes("${other}")`);
    const names = await opened.run(
      `[...document.querySelectorAll("dialog[open] .item-name")].map((name) => name.textContent)`,
    );
    t.deepEqual(names, ["some film", other]);
    await opened.press("Escape");
    await opened.until(`document.querySelector("dialog") === null`);
  },
);

test.serial("G12: several magnets are pasted at once, and added stopped", async (t) => {
  await using served = await Served.open();
  await using browser = await freshBrowser();
  const opened = await OpenedPage.open(browser, `http://127.0.0.1:${served.port}/`, {
    secret: served.password,
  });
  await opened.shows("Add");
  const other = "cd".repeat(20);
  await opened.paste(`${magnet}\n${other}\nno source\n${magnet}`);
  await opened.until(`document.querySelectorAll("dialog .item").length === 2`);
  await opened.click("Add it stopped");
  await opened.click("Add 2 torrents");
  await opened.lists("some film", other);
  await opened.rowShows("some film", "Stopped");
  t.deepEqual([...(await torrents(served))].toSorted(), [hash, other]);
  t.deepEqual(opened.errors, []);
});

test.serial(
  "G12: a magnet stops at its metadata until its files are chosen; without them nothing is left",
  async (t) => {
    await using swarm = await SmallSwarm.open();
    const { served, torrent, port } = swarm;
    await using browser = await freshBrowser();
    const opened = await OpenedPage.open(browser, `http://127.0.0.1:${served.port}/`, {
      secret: served.password,
    });
    await opened.shows("Add");
    const peer = { host: "127.0.0.1", port };
    const fetchFiles = async (): Promise<void> => {
      await opened.paste(torrent.infoHash);
      await opened.appears("dialog[open] .item");
      await opened.click("Choose the files of magnets before they start");
      await opened.click("Add 1 torrent");
      await until("the torrent", async () => (await torrents(served)).length === 1);
      await served.run("add-peer", { torrent: torrent.infoHash, peer });
      await opened.appears(".file-list input");
    };
    await fetchFiles();
    await opened.click("Cancel");
    await opened.until(`document.querySelector("dialog") === null`);
    await until("no torrent", async () => (await torrents(served)).length === 0);
    await opened.lists();
    await fetchFiles();
    const boxes = await opened.page.$$(".file-list input");
    await boxes[1]?.click();
    await opened.click("Add 1 torrent");
    await opened.until(`document.querySelector("dialog") === null`);
    await served.run("add-peer", { torrent: torrent.infoHash, peer });
    await opened.rowShows("payload", "Seeding");
    const files = (await served.run("files", { torrent: torrent.infoHash })).body.result;
    t.deepEqual(
      files.map(({ priority }: { priority: number }) => priority),
      [1, 0],
    );
    t.deepEqual(opened.errors, []);
  },
);

test.serial(
  "G12: a magnet link from elsewhere opens the dialogue, filled in, behind the login, and adds nothing without a click",
  async (t) => {
    await using served = await Served.open();
    await using browser = await freshBrowser();
    const address = `http://127.0.0.1:${served.port}/#/add?magnet=${encodeURIComponent(magnet)}`;
    const opened = await OpenedPage.open(browser, address, { secret: served.password });
    await opened.appears("dialog[open] .item");
    await opened.until(`document.querySelector(".item-name")?.textContent === "some film"`);
    await opened.shows("Open magnet links with this page");
    await opened.press("Escape");
    await opened.until(`document.querySelector("dialog") === null`);
    await opened.until(`location.hash === "#/"`);
    t.deepEqual(await torrents(served), []);
    t.deepEqual(opened.errors, []);
  },
);

test.serial(
  "G12: at a LAN address without TLS the page works, and says what the browser keeps from it there",
  async (t) => {
    await using served = await Served.open();
    await using browser = await HeadlessBrowser.start({ mappedHosts: [networkAddress] });
    const address = `http://${networkAddress}:${served.port}/`;
    const opened = await OpenedPage.open(browser, address, { secret: served.password });
    t.false(await opened.run("isSecureContext"));
    await opened.shows("Add");
    await opened.click("Add");
    await opened.appears("dialog[open]");
    await untilText(opened, "Magnet links of other pages cannot open this page");
    await untilText(opened, "the browser does not let this button paste");
    await opened.type("Magnet links", magnet);
    await opened.click("Take these links");
    await opened.click("Add 1 torrent");
    await opened.lists("some film");
    t.deepEqual(opened.errors, []);
    t.deepEqual(opened.foreignRequests, []);
  },
);

test.serial(
  "G12: a refusal of the service stands beside the torrent, and its line stays",
  async (t) => {
    await using served = await Served.open();
    await using browser = await freshBrowser();
    const opened = await OpenedPage.open(browser, `http://127.0.0.1:${served.port}/`, {
      secret: served.password,
    });
    await opened.shows("Add");
    await opened.paste(magnet);
    await opened.appears("dialog[open] .item");
    await opened.page.type("input[name=folder]", "/etc");
    await opened.click("Add 1 torrent");
    await opened.until(`document.querySelector(".item .problem")?.textContent.includes("/etc")`);
    t.deepEqual(await torrents(served), []);
  },
);

test.serial(
  "G12: a magnet that is dropped while the service takes it for its metadata is removed",
  async (t) => {
    using rows = await GivenRows.open([]);
    await using browser = await freshBrowser();
    const choice = "Choose the files of magnets before they start";
    const { held, opened } = await addHeld(browser, rows, magnet, choice);
    await opened.click("Cancel");
    await opened.until(`document.querySelector("dialog") === null`);
    await held.continue();
    await until("the removal", async () => rows.calls.length === 2);
    t.deepEqual(
      rows.calls.map(({ name }) => name),
      ["add", "remove"],
    );
    t.like(rows.calls[1]?.given, { torrent: hash });
    t.deepEqual(opened.errors, []);
  },
);

test.serial(
  "G12: torrents that wait for others are not added after their lines are dropped",
  async (t) => {
    using rows = await GivenRows.open([]);
    await using browser = await freshBrowser();
    const [second, third] = ["cd".repeat(20), "ef".repeat(20)];
    const { held, opened } = await addHeld(browser, rows, `${magnet}\n${second}`);
    await opened.click("Cancel");
    await opened.until(`document.querySelector("dialog") === null`);
    await held.continue();
    await until("the first", async () => rows.calls.length === 1);
    await opened.paste(third);
    await opened.click("Add 1 torrent");
    await until("the third", async () => rows.calls.length === 2);
    t.deepEqual(
      rows.calls.map(({ given }) => (given as { readonly source: string }).source),
      [magnet, third],
    );
    t.deepEqual(opened.errors, []);
  },
);
