// The details of a torrent in the page.

import test from "ava";
import { freshBrowser } from "../support/file-browser.ts";
import { GivenRows, rowNumbered } from "../support/page/given-rows.ts";
import { findingsOf, openView, plainTexts, textOf, untilText } from "../support/page/page-views.ts";
import { OpenedPage } from "../support/page/opened-page.ts";
import { until, waiting } from "../support/time/until.ts";
import { Relay } from "../support/swarm/relay.ts";
import { streamedFiles, StreamedSwarm } from "../support/service/streamed-swarm.ts";
import { visibilityScript } from "./visibility.ts";

const tabs = ["overview", "files", "peers", "trackers", "pieces"] as const;

/** Selectors of what each part shows once its answer is there. */
const drawn: Readonly<Record<(typeof tabs)[number], string>> = {
  overview: ".fact-list",
  files: ".file-lines .file-lines .file-name",
  peers: ".table-scroll tbody tr",
  trackers: ".details-view > p",
  pieces: ".piece-map path",
};

function hashOf({ torrent }: StreamedSwarm, tab: string): string {
  return `#/torrents/${torrent.infoHash}/${tab}`;
}

/** Adds a peer that gives a third of the torrent, and more as its door opens. */
async function addGatedPeer({ swarm, torrent }: StreamedSwarm): Promise<Relay> {
  const { host, port } = await swarm.pacedSeeder();
  const door = swarm.use(await Relay.open({ target: { host, port }, gated: "target" }));
  door.allow(Math.floor(swarm.payload.totalBytes / 3));
  torrent.addPeer(door);
  return door;
}

/** A service that downloads for as long as the test lasts. */
async function downloading(): Promise<StreamedSwarm> {
  const scene = await StreamedSwarm.open();
  await addGatedPeer(scene);
  return scene;
}

async function prioritiesOf({ served, torrent }: StreamedSwarm): Promise<readonly number[]> {
  const { body } = await served.run("files", { torrent: torrent.infoHash });
  return (body.result as { priority: number }[]).map(({ priority }) => priority);
}

/** Settles when the service has these priorities. */
async function untilPriorities(scene: StreamedSwarm, wanted: readonly number[]): Promise<void> {
  await until(
    `priorities ${wanted.join()}`,
    async () => (await prioritiesOf(scene)).join() === wanted.join(),
  );
}

test.serial(
  "G12: the overview has the reason, the rates, the facts and the graph of a torrent",
  async (t) => {
    await using scene = await downloading();
    await using browser = await freshBrowser();
    const opened = await openView(browser, scene.served, hashOf(scene, "overview"));
    await opened.until(`document.querySelector(".rate-plot canvas") !== null`);
    await opened.until(`document.querySelector("h1").textContent === "payload"`);
    await untilText(opened, "Why it is not faster");
    t.regex(await textOf(opened, ".fact-list"), new RegExp(scene.torrent.infoHash));
    t.regex(
      (await opened.run<string>(`document.querySelector(".rate-plot").ariaLabel`)) ?? "",
      /^Download: .+\. Upload: .+\.$/,
    );
    await opened.until(`Number(document.querySelector("[role=progressbar]").ariaValueNow) > 0`);
    t.is(await opened.run("document.title"), "payload · Troupe");
    t.deepEqual([...opened.errors, ...opened.foreignRequests], []);
  },
);

test.serial(
  "G12: files are a tree whose boxes and priorities change what is downloaded, by keyboard alone",
  async (t) => {
    await using scene = await downloading();
    await using browser = await freshBrowser();
    const opened = await openView(browser, scene.served, hashOf(scene, "files"));
    await opened.appears(drawn.files);
    const names = await opened.run<string[]>(
      `[...document.querySelectorAll(".file-lines .file-lines .file-name")].map((each) => each.textContent)`,
    );
    t.deepEqual(names.toSorted(), streamedFiles.map(({ path: [name] }) => name).toSorted());
    const focus = async (name: string) => {
      for (let turn = 0; turn < 80; turn++) {
        await opened.press("Tab");
        if ((await opened.run(`document.activeElement.ariaLabel`)) === name) return;
      }
      t.fail(`the key Tab leads to no ${name}`);
    };
    await focus("Download film.mkv");
    await opened.press("Space");
    await untilPriorities(scene, [0, 1, 1, 1, 1, 1]);
    await opened.until(`document.querySelector("[aria-label='Download payload']").indeterminate`);
    await focus("Priority of page.html");
    await opened.press("ArrowDown");
    await untilPriorities(scene, [0, 6, 1, 1, 1, 1]);
    await opened.until(`document.querySelector("[aria-label='Priority of payload']").value === ""`);
    // The folder folds and unfolds.
    await opened.page.focus(".folder-name");
    await opened.press("Enter");
    await opened.until(`document.querySelector(${JSON.stringify(drawn.files)}) === null`);
    await opened.press("Enter");
    await opened.appears(drawn.files);
    await opened.click("Download payload");
    await untilPriorities(scene, [1, 6, 1, 1, 1, 1]);
    t.deepEqual(opened.errors, []);
  },
);

test.serial("G12: a film has a link that needs no login, and the torrent a playlist", async (t) => {
  await using scene = await StreamedSwarm.whole();
  await using browser = await freshBrowser();
  const opened = await openView(browser, scene.served, hashOf(scene, "files"));
  await opened.appears(drawn.files);
  await opened.until(`document.querySelectorAll("[aria-label^='Play ']").length === 2`);
  await opened.click("Play song.mp3");
  await opened.appears("dialog[open] a[href]");
  const link = await opened.run<string>(`document.querySelector("dialog a").href`);
  const song = await scene.ask(link.slice(link.indexOf("/stream/")));
  t.is(song.status, 200);
  t.is(song.bytes.length, 300_000);
  await opened.run(`navigator.clipboard.writeText = () => Promise.reject(new Error("refused")), 0`);
  await opened.click("Copy");
  await opened.until(
    `document.querySelector("dialog .problem").textContent === "The browser did not copy: select the link by hand."`,
  );
  await opened.run(`navigator.clipboard.writeText = () => Promise.resolve(), 0`);
  await opened.click("Copy");
  await opened.until(`document.querySelector("dialog .problem").textContent === ""`);
  await opened.press("Escape");
  await opened.until(`document.querySelector("dialog") === null`);
  await opened.until(`document.activeElement.ariaLabel === "Play song.mp3"`);
  await opened.click("Playlist for a player");
  await opened.appears("dialog[open] a[href]");
  const list = await opened.run<string>(`document.querySelector("dialog a").href`);
  const playlist = await scene.ask(list.slice(list.indexOf("/stream/")));
  t.regex(playlist.bytes.toString(), /^#EXTM3U\n#EXTINF:-1,film\.mkv\n/);
  t.deepEqual(await opened.wcagFindings(), []);
  t.deepEqual(opened.errors, []);
});

test.serial("G12: peers, trackers and pieces are shown as they are at the engine", async (t) => {
  await using scene = await downloading();
  await using browser = await freshBrowser();
  const opened = await openView(browser, scene.served, hashOf(scene, "peers"));
  await opened.appears(drawn.peers);
  t.regex(await textOf(opened, "tbody tr"), /^127\.0\.0\.1:\d+.*100%/);
  await opened.click("Pieces");
  await opened.appears(drawn.pieces);
  await opened.until(
    `/^Map of the pieces: [1-9]\\d* of 51 are here$/.test(document.querySelector(".piece-map").ariaLabel)`,
  );
  t.regex(await textOf(opened, ".piece-legend"), /Here: \d+.*Missing: \d+.*Not wanted: 0/);
  await opened.click("Trackers");
  await untilText(opened, "This torrent has no trackers.");
  t.deepEqual(opened.errors, []);
});

test.serial(
  "G12: the head shows the progress that the list shows, and a refusal of the service once",
  async (t) => {
    const row = rowNumbered(1);
    // Half of the wanted bytes are missing; the others that are there are not wanted.
    const { wantedBytes } = row;
    using rows = await GivenRows.open([
      { ...row, isComplete: false, haveBytes: wantedBytes, leftBytes: wantedBytes / 2 },
    ]);
    await using browser = await freshBrowser();
    const address = `${rows.address}#/torrents/${row.torrent}/trackers`;
    const opened = await OpenedPage.open(browser, address);
    await opened.shows("Stop");
    await opened.until(`document.querySelector("[role=progressbar]").ariaValueNow === "50"`);
    await opened.page.setRequestInterception(true);
    const error = { code: "engine-ended", message: "the engine has ended" };
    opened.page.on("request", (request) => {
      if (!request.url().endsWith("/commands/stop")) return void request.continue();
      void request.respond({ status: 500, body: JSON.stringify({ error }) });
    });
    await opened.click("Stop");
    await untilText(opened, "the engine has ended");
    await opened.draws();
    t.is(await opened.run(`document.querySelectorAll(".notice").length`), 1);
    t.is(await opened.run(`document.querySelectorAll("[role=alert] .notice").length`), 1);
  },
);

test.serial("G12: a login that only reads has no boxes, no priorities and no acts", async (t) => {
  await using scene = await StreamedSwarm.whole();
  await using browser = await freshBrowser();
  const { authorization = "" } = await scene.served.token("read");
  const secret = authorization.replace("Bearer ", "");
  const opened = await openView(browser, scene.served, hashOf(scene, "files"), { secret });
  await opened.appears(drawn.files);
  t.is(await opened.run(`document.querySelectorAll("main input, main select").length`), 0);
  const buttons = await opened.run<string[]>(
    `[...document.querySelectorAll("main button")].map((each) => each.ariaLabel ?? each.textContent)`,
  );
  t.deepEqual(
    buttons.filter((name) => !name.startsWith("Play")),
    ["payload6 files"],
  );
});

test.serial("G12: a hidden tab asks for nothing, and goes on when it is shown again", async (t) => {
  await using scene = await downloading();
  await using browser = await freshBrowser();
  const hidden = await openView(browser, scene.served, hashOf(scene, "pieces"));
  await hidden.appears(drawn.pieces);
  // In front of the first.
  const shown = await openView(browser, scene.served, hashOf(scene, "peers"));
  const asked: ("hidden" | "shown")[] = [];
  await hidden.run(visibilityScript("hidden"));
  // The other tab asks every two seconds, as this one would.
  hidden.page.on("request", () => void asked.push("hidden"));
  shown.page.on("request", () => void asked.push("shown"));
  // A request that the hidden tab made before is told before the next of the other.
  await until("a request", () => asked.includes("shown"));
  asked.length = 0;
  await until("three requests", () => asked.length >= 3);
  t.deepEqual(asked.slice(0, 3), ["shown", "shown", "shown"]);
  const again = hidden.page.waitForRequest((request) => request.url().endsWith("/pieces"));
  await hidden.run(visibilityScript("visible"));
  await waiting("the hidden tab asks again", async () => await again);
});

test.serial(
  "G12: axe-core finds no breach of WCAG in any part, and nothing is wider than the window",
  async (t) => {
    await using scene = await StreamedSwarm.open();
    const door = await addGatedPeer(scene);
    await using browser = await freshBrowser();
    const opened = await openView(browser, scene.served, hashOf(scene, "overview"));
    for (const tab of tabs) {
      await opened.run(`location.hash = ${JSON.stringify(hashOf(scene, tab))}`);
      const reach = async (shown: OpenedPage): Promise<void> => {
        // A peer that gives nothing for two minutes is left.
        door.allow(door.passedBytes + 16_384);
        await shown.appears(drawn[tab]);
      };
      t.deepEqual(await findingsOf(opened, reach), [], tab);
    }
  },
);

test.serial("G12: in the pseudo-locale no part has plain English of its own", async (t) => {
  await using scene = await downloading();
  await using browser = await freshBrowser();
  for (const tab of tabs) {
    const look = { locale: "en-XA", width: 320 };
    const opened = await openView(browser, scene.served, hashOf(scene, tab), look);
    await opened.appears(drawn[tab]);
    t.deepEqual(await plainTexts(opened), [], tab);
    t.true((await opened.run<number>("document.documentElement.scrollWidth")) <= 320, tab);
    await opened.page.close();
  }
});
