// The settings in the page.

import test from "ava";
import { freshBrowser } from "../support/file-browser.ts";
import { GivenRows } from "../support/page/given-rows.ts";
import { findingsOf, openView, plainTexts, textOf } from "../support/page/page-views.ts";
import { OpenedPage } from "../support/page/opened-page.ts";
import { until } from "../support/time/until.ts";
import { Served } from "../support/service/served.ts";
import { visibilityScript } from "./visibility.ts";

const drawn = async (opened: OpenedPage): Promise<void> => await opened.appears(".setting");

async function settingsOf(served: Served): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await served.run("engine-settings", {});
  return body.result as Readonly<Record<string, unknown>>;
}

/** The field of a setting. */
function fieldOf(name: string): string {
  return `[aria-labelledby="title-${name}"]`;
}

/** Puts a text into the field of a setting, by keyboard. */
async function retype(opened: OpenedPage, name: string, text: string): Promise<void> {
  await opened.page.focus(fieldOf(name));
  await opened.press("Control+a");
  await opened.page.keyboard.type(text);
}

test.serial(
  "G12: a setting is found by a search, changed by keyboard, and given its default",
  async (t) => {
    await using served = await Served.open();
    await using browser = await freshBrowser();
    const opened = await openView(browser, served, "#/settings");
    await drawn(opened);
    await opened.until(`document.querySelectorAll(".setting").length > 50`);
    await opened.type("Search settings", "limits.down");
    await opened.until(`document.querySelectorAll(".setting").length === 1`);
    t.regex(await textOf(opened, ".setting"), /The download limit of all torrents together/);
    t.regex(
      await textOf(opened, ".setting-hints"),
      /bytes a second; .*Default: 0.*The default holds/,
    );
    await retype(opened, "limits.down", "800k");
    await opened.press("Enter");
    await opened.appears(`[aria-label="Use the default of limits.down"]`);
    t.deepEqual((await settingsOf(served))["limits"], { down: 819_200 });
    await opened.until(
      `document.querySelector(${JSON.stringify(fieldOf("limits.down"))}).value === "800k"`,
    );
    await opened.click("Use the default of limits.down");
    await opened.until(
      `document.querySelector(".setting-hints").textContent.includes("The default holds")`,
    );
    await until("no limit", async () => (await settingsOf(served))["limits"] === undefined);
    t.deepEqual([...opened.errors, ...opened.foreignRequests], []);
  },
);

test.serial(
  "G12: a value that the service refuses stays in its field, with the sentence of the service beside it",
  async (t) => {
    await using served = await Served.open();
    await using browser = await freshBrowser();
    const opened = await openView(browser, served, "#/settings");
    await drawn(opened);
    await retype(opened, "maxPeers", "many");
    await opened.press("Enter");
    await opened.appears(`#failure-maxPeers`);
    const field = JSON.stringify(fieldOf("maxPeers"));
    await opened.until(`document.querySelector(${field}).ariaInvalid === "true"`);
    await opened.until(`document.querySelector(${field}).value === "many"`);
    t.regex(await textOf(opened, "#failure-maxPeers"), /maxPeers/);
    t.true(
      await opened.run<boolean>(
        `document.querySelector(${field}).getAttribute("aria-describedby").includes("failure-maxPeers")`,
      ),
    );
    t.is((await settingsOf(served))["maxPeers"], undefined);
    await retype(opened, "maxPeers", "70");
    await opened.press("Enter");
    await opened.until(`document.querySelector("#failure-maxPeers") === null`);
    await until("70 peers", async () => (await settingsOf(served))["maxPeers"] === 70);
    // The browser tells each response with the status 400.
    t.true(opened.errors.every((error) => error.includes("400")));
  },
);

test.serial(
  "G12: switches, choices and lists are changed, and settings of the machine are only shown",
  async (t) => {
    await using served = await Served.open();
    await using browser = await freshBrowser();
    const opened = await openView(browser, served, "#/settings");
    await drawn(opened);
    await opened.page.focus(fieldOf("peerExchange"));
    const isOn = await opened.run<boolean>("document.activeElement.checked");
    await opened.press("Space");
    await opened.until(`document.activeElement.checked === ${String(!isOn)}`);
    await opened.page.select(fieldOf("encryption"), "require");
    await opened.click("Save encryption");
    await opened.appears(`[aria-label="Use the default of encryption"]`);
    await retype(opened, "exclude", "*.nfo");
    await opened.press("Enter");
    await opened.page.keyboard.type("Sample/**");
    await opened.click("Save exclude");
    await opened.appears(`[aria-label="Use the default of exclude"]`);
    const { encryption, exclude, peerExchange } = await settingsOf(served);
    t.deepEqual(
      { encryption, exclude, peerExchange },
      {
        encryption: "require",
        exclude: ["*.nfo", "Sample/**"],
        peerExchange: !isOn,
      },
    );
    for (const name of ["proxy", "listen", "roots", "stateDirectory"]) {
      const place = `document.getElementById("title-${name}").parentElement`;
      t.is(
        await opened.run(`${place}.querySelector("input, select, textarea, button")`),
        null,
        name,
      );
      t.regex(
        await opened.run<string>(`${place}.textContent`),
        /Set on the machine of the service/,
      );
    }
    t.deepEqual(opened.errors, []);
  },
);

test.serial(
  "G12: the view asks for the table of settings once, and for values again",
  async (t) => {
    using rows = await GivenRows.open([]);
    await using browser = await freshBrowser();
    const opened = await OpenedPage.open(browser, `${rows.address}#/settings`);
    await drawn(opened);
    const asked = (path: string): number =>
      rows.requests.filter((target) => target === `/api/v1/${path}`).length;
    await opened.run(visibilityScript("hidden"));
    await opened.run(visibilityScript("visible"));
    await until("values again", async () => asked("commands/engine-settings") > 1);
    t.is(asked("setting-rows"), 1);
    t.deepEqual(opened.errors, []);
  },
);

test.serial("G12: a login that only reads sees settings, and changes none", async (t) => {
  await using served = await Served.open();
  await served.run("set-engine", { maxPeers: 77 });
  await using browser = await freshBrowser();
  const { authorization = "" } = await served.token("read");
  const secret = authorization.replace("Bearer ", "");
  const opened = await openView(browser, served, "#/settings", { secret });
  await drawn(opened);
  t.is(await opened.run(`document.querySelectorAll(".setting input, .setting button").length`), 0);
  t.regex(
    await opened.run<string>(`document.getElementById("title-maxPeers").parentElement.textContent`),
    /77/,
  );
  t.deepEqual(opened.errors, []);
});

test.serial(
  "G12: axe-core finds no breach of WCAG in the settings, and no text is plain English in the pseudo-locale",
  async (t) => {
    await using served = await Served.open();
    await using browser = await freshBrowser();
    const opened = await openView(browser, served, "#/settings");
    await drawn(opened);
    t.deepEqual(await findingsOf(opened, drawn), []);
    const pseudo = await openView(browser, served, "#/settings", { locale: "en-XA", width: 320 });
    await drawn(pseudo);
    t.deepEqual(await plainTexts(pseudo), []);
    t.true((await pseudo.run<number>("document.documentElement.scrollWidth")) <= 320);
  },
);
