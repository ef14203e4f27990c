// Flood, a page and a server that control another program, in a browser.

import { createRequire } from "node:module";
import type { Page } from "puppeteer-core";
import type { HeadlessBrowser, OpenPage } from "../browser.ts";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { freePort } from "../programs/free-port.ts";
import { startProcess } from "../programs/process.ts";
import { until } from "../time/until.ts";
import type { Served } from "../service/served.ts";

const program = createRequire(import.meta.url).resolve("flood/dist/index.js");

/** Warnings of the browser about a page that loads slowly, as on a busy machine. */
const slowness = /^\[Intervention\]|was preloaded using link preload/;

/** A dialect by the prefix of Flood's options. */
export type FloodDialect = "qb" | "tr";

/** A running server of Flood. */
export interface FloodServer extends AsyncDisposable {
  readonly address: string;
}

/** Starts Flood's server for a service, which it asks by a dialect. */
export async function startFlood(
  { folder, password, port: servicePort }: Served,
  dialect: FloodDialect,
): Promise<FloodServer> {
  await using stack = new AsyncDisposableStack();
  const own = stack.use(temporaryFolder("flood"));
  const port = await freePort();
  const path = dialect === "tr" ? "/transmission/rpc" : "";
  const flood = stack.use(
    await startProcess([
      ...[process.execPath, program, "--auth", "none", "--rundir", own.path, "--port", `${port}`],
      ...[`--${dialect}url`, `http://127.0.0.1:${servicePort}${path}`],
      ...[`--${dialect}user`, "troupe", `--${dialect}pass`, password, "--allowedpath", folder],
    ]),
  );
  await flood.lineWhere("its address", (line) => line.includes("server listening") || undefined);
  const owned = stack.move();
  return {
    address: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => await owned.disposeAsync(),
  };
}

/** Flood's page. */
export class FloodPage {
  readonly #open: OpenPage;

  private constructor(open: OpenPage) {
    this.#open = open;
  }

  /** Opens the page of a server. */
  static async open(browser: HeadlessBrowser, { address }: FloodServer): Promise<FloodPage> {
    const open = await browser.visit(address, async (page) => {
      await page.setViewport({ width: 1_200, height: 900 });
    });
    await open.appears(".action--stop-torrent");
    return new FloodPage(open);
  }

  /** Errors and warnings of the console. */
  get errors(): readonly string[] {
    return this.#open.errors.filter((text) => !slowness.test(text));
  }

  get #page(): Page {
    return this.#open.page;
  }

  /** Settles when the row of a torrent has a status such as `inactive-stopped`, and this text. */
  async shows(name: string, status: RegExp, text: RegExp): Promise<void> {
    await until(`the row of ${name}`, async () => {
      const [shownStatus = "", shownText = ""] = await this.#open.run<string[]>(
        `(({ dataset, innerText } = { dataset: {} }) => [dataset.torrentStatus, innerText])(${rowOf(name)} ?? undefined)`,
      );
      return status.test(shownStatus) && text.test(shownText);
    });
  }

  /** Settles when the list has no row of a torrent. */
  async lacks(name: string): Promise<void> {
    await until(`no row of ${name}`, async () => await this.#open.run(`${rowOf(name)} === null`));
  }

  /** Chooses a torrent, and clicks a button above the list; for a removal also the one that confirms it. */
  async click(name: string, button: "remove" | "start" | "stop"): Promise<void> {
    if (await this.#open.run(`${rowOf(name)}.dataset.isSelected !== "true"`))
      await this.#page.click(`${selectorOf(name)} .torrent__detail--name`);
    await this.#open.appears(`${selectorOf(name)}[data-is-selected=true]`);
    await this.#page.click(`.action--${button}-torrent`);
    if (button !== "remove") return;
    await this.#page.waitForSelector(".modal button", { visible: true });
    await this.#open.run(
      `[...document.querySelectorAll(".modal button")].find(({ innerText }) => /^(Yes|Remove)/.test(innerText)).click()`,
    );
  }
}

function selectorOf(name: string): string {
  return `[role=row][data-torrent-name=${name}]`;
}

function rowOf(name: string): string {
  return `document.querySelector("${selectorOf(name)}")`;
}
