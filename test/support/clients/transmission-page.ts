// Transmission's own page in a browser, driven by clicks.

import type { Page } from "puppeteer-core";
import type { HeadlessBrowser, OpenPage } from "../browser.ts";
import { until } from "../time/until.ts";

/** Warnings of the page that its server has no part in: a session id that is new, and a name of an old browser. */
const expected = [/status of 409 \(Conflict\)/, /apple-mobile-web-app-capable/];

/** A row of the list. */
interface ShownRow {
  readonly name: string;
  /** Peers and speeds, or an error. */
  readonly peers: string;
  /** Such as `16.3 kB of 60.0 kB (27.3%)`. */
  readonly progress: string;
}

/** The open page. */
export class TransmissionPage {
  readonly #open: OpenPage;

  private constructor(open: OpenPage) {
    this.#open = open;
  }

  /** Opens the page. @param host The server that has it. */
  static async open(
    browser: HeadlessBrowser,
    host: string,
    password: string,
  ): Promise<TransmissionPage> {
    const open = await browser.visit(`http://${host}/transmission/web/`, async (page) => {
      await page.setViewport({ width: 1_200, height: 900 });
      await page.authenticate({ username: "troupe", password });
    });
    await open.until("transmission.remote._token !== ''");
    return new TransmissionPage(open);
  }

  /** Errors and warnings of the console. */
  get errors(): readonly string[] {
    return this.#open.errors.filter((text) => !expected.some((known) => known.test(text)));
  }

  get #page(): Page {
    return this.#open.page;
  }

  /** The rows, as they are shown now. */
  async rows(): Promise<readonly ShownRow[]> {
    return await this.#open.run(`[...document.querySelectorAll("#torrent_list li")].map((row) => ({
      name: row.querySelector(".torrent_name").innerText,
      peers: row.querySelector(".torrent_peer_details").innerText,
      progress: row.querySelector(".torrent_progress_details").innerText,
    }))`);
  }

  /** Settles when the row of a torrent meets a condition; the page asks for rows every 5 s. */
  async shows(name: string, isShown: (row: ShownRow) => boolean): Promise<void> {
    await until(`the row of ${name}`, async () => {
      const row = (await this.rows()).find((each) => each.name === name);
      return row !== undefined && isShown(row);
    });
  }

  /** Settles when the list has no rows but these. */
  async lists(names: readonly string[]): Promise<void> {
    const wanted = names.join();
    await until(`rows of ${wanted}`, async () => {
      const shown = (await this.rows()).map(({ name }) => name);
      return shown.toSorted().join() === wanted;
    });
  }

  /** Chooses a torrent, and clicks a button above the list. */
  async click(name: string, button: "pause" | "remove" | "start"): Promise<void> {
    await this.#select(name);
    await this.#open.appears(`#toolbar-${button}:not(.disabled)`);
    await this.#page.click(`#toolbar-${button}`);
    if (button === "remove") await this.#clickVisible("#dialog_confirm_button");
  }

  /** Adds the .torrent of a path. */
  async addFile(path: string): Promise<void> {
    await this.#page.click("#toolbar-open");
    const [chooser] = await Promise.all([
      this.#page.waitForFileChooser(),
      this.#clickVisible("#torrent_upload_file"),
    ]);
    await chooser.accept([path]);
    await this.#clickVisible("#upload_confirm_button");
  }

  async addMagnet(link: string): Promise<void> {
    await this.#page.click("#toolbar-open");
    await this.#page.waitForSelector("#torrent_upload_url", { visible: true });
    await this.#page.type("#torrent_upload_url", link);
    await this.#clickVisible("#upload_confirm_button");
  }

  /** Switches the limit of downloads on. @param kilobytes Typed into its field. */
  async limitDownloads(kilobytes: number): Promise<void> {
    await this.#openSpeeds();
    await this.#page.click("#speed-limit-down-enabled");
    const field = "#speed-limit-down";
    await this.#open.appears(`${field}:not([disabled])`);
    await this.#page.click(field, { count: 3 });
    await this.#page.type(field, `${kilobytes}`);
    await this.#page.keyboard.press("Tab");
    await this.#closeSpeeds();
  }

  /** Switches the limit of downloads off. */
  async unlimitDownloads(): Promise<void> {
    await this.#openSpeeds();
    await this.#page.click("#speed-limit-down-enabled");
    await this.#closeSpeeds();
  }

  /** Opens the inspector for a torrent, and holds that each tab shows its text. */
  async inspect(name: string, tabs: Readonly<Record<string, RegExp>>): Promise<void> {
    await this.#select(name);
    await this.#page.click("#toolbar-inspector");
    for (const [tab, text] of Object.entries(tabs)) {
      await this.#clickVisible(`#inspector-tab-${tab}`);
      // The page asks for details once their tab is open.
      const shown = `document.querySelector("#inspector-page-${tab}").innerText`;
      await until(`the tab ${tab}`, async () => text.test(await this.#open.run<string>(shown)));
    }
    await this.#page.click("#toolbar-inspector");
  }

  async #select(name: string): Promise<void> {
    const rows = await this.#page.$$("#torrent_list li .torrent_name");
    for (const row of rows) {
      if ((await row.evaluate((element) => element.textContent)) === name) return await row.click();
    }
    throw new Error(`the list has no ${name}`);
  }

  async #clickVisible(selector: string): Promise<void> {
    await this.#page.waitForSelector(selector, { visible: true });
    await this.#page.click(selector);
  }

  async #openSpeeds(): Promise<void> {
    await this.#page.click("#prefs-button");
    await this.#clickVisible("#prefs-tab-speed a");
    // The dialog fades in, and its fields do not take clicks meanwhile.
    await this.#open.until(
      `getComputedStyle(document.querySelector("#prefs-dialog").closest(".ui-dialog")).opacity === "1"`,
    );
  }

  async #closeSpeeds(): Promise<void> {
    await this.#page.click("#prefs-button");
    await this.#page.waitForSelector("#prefs-dialog", { hidden: true });
  }
}
