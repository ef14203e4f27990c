// The page in the browser: logged in, in a width and a colour scheme, with what a test asks of it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "puppeteer-core";
import type { HeadlessBrowser, OpenPage } from "../browser.ts";
import { waiting } from "../time/until.ts";
import { buildPage } from "./built-page.ts";

const axePath = createRequire(import.meta.url).resolve("axe-core");

/** How the page is shown. */
export interface PageLook {
  readonly width?: number;
  readonly theme?: "dark" | "light";
  /** The language of the browser. */
  readonly locale?: string;
  /** The password or a token. Undefined: the service asks for none, or the browser is logged in. */
  readonly secret?: string;
}

/** Widths that every view holds for. */
export const widths = [320, 768, 1_440] as const;
/** Colour schemes that every view holds for. */
export const themes = ["dark", "light"] as const;

/** An expression that scrolls by rows, and by many rows at once. */
export const scrollPass = `new Promise((done) => {
  scrollTo(0, 0);
  let left = 120;
  const step = () => {
    scrollBy(0, left % 10 === 0 ? 40_000 : 300);
    if (--left > 0) requestAnimationFrame(step); else done();
  };
  step();
})`;

/** The open page. */
export class OpenedPage {
  readonly page: Page;
  readonly #open: OpenPage;

  private constructor(open: OpenPage) {
    this.#open = open;
    this.page = open.page;
  }

  /** Opens an address of the page, and logs in where a secret is given. */
  static async open(
    browser: HeadlessBrowser,
    address: string,
    { locale, secret, theme = "light", width = 1_440 }: PageLook = {},
  ): Promise<OpenedPage> {
    await buildPage();
    const open = await browser.visit(address, async (page) => {
      await page.setViewport({ width, height: 900 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
      if (locale !== undefined)
        await page.evaluateOnNewDocument(
          `Object.defineProperty(navigator, "language", { get: () => "${locale}" })`,
        );
    });
    const opened = new OpenedPage(open);
    if (secret !== undefined) await opened.logIn(secret);
    return opened;
  }

  /** Errors and warnings of the console, and exceptions. */
  get errors(): readonly string[] {
    return this.#open.errors;
  }

  /** Requests to other hosts than that of the page. */
  get foreignRequests(): readonly string[] {
    const { host } = new URL(this.page.url());
    return this.#open.requests.filter((url) => new URL(url).host !== host);
  }

  async logIn(secret: string): Promise<void> {
    await this.appears("#password");
    await this.page.type("#password", secret);
    await this.page.keyboard.press("Enter");
    await this.appears(".head");
  }

  /** The result of an expression in the page. */
  async run<Result>(expression: string): Promise<Result> {
    return await this.#open.run<Result>(expression);
  }

  /** Settles when an expression is true in the page. */
  async until(expression: string): Promise<void> {
    await this.#open.until(expression);
  }

  /** Settles when the page has an element of a selector. */
  async appears(selector: string): Promise<void> {
    await this.#open.appears(selector);
  }

  /** Settles when the page has drawn its present state. */
  async draws(): Promise<void> {
    await this.#open.draws();
  }

  /** Names of the torrents that are drawn, from top to bottom. */
  async names(): Promise<readonly string[]> {
    return await this.run(`[...document.querySelectorAll("[role=row][id]")]
      .toSorted((one, other) => one.ariaRowIndex - other.ariaRowIndex)
      .map((row) => row.querySelector("a").textContent)`);
  }

  /** Settles when the list has these torrents alone, in any order. */
  async lists(...names: readonly string[]): Promise<void> {
    const wanted = JSON.stringify(names.toSorted());
    await this.until(
      `JSON.stringify([...document.querySelectorAll("[role=row][id] a")].map((link) => link.textContent).toSorted()) === ${JSON.stringify(wanted)}`,
    );
  }

  /** Settles when the row of a torrent has a text. */
  async rowShows(name: string, text: string): Promise<void> {
    await this.until(
      `[...document.querySelectorAll("[role=row][id]")].some((row) => row.querySelector("a").textContent === ${JSON.stringify(name)} && row.textContent.includes(${JSON.stringify(text)}))`,
    );
  }

  /** Clicks the button, the box or the link with a name. */
  async click(name: string): Promise<void> {
    // A locator waits until the element stays in its place: a part that is loaded meanwhile may move it.
    await waiting(
      `a click on ${name}`,
      async () => await this.page.locator(`aria/${name}`).click(),
    );
  }

  /** Settles when the element with a name is there. */
  async shows(name: string): Promise<void> {
    await this.#named(name);
  }

  /** Types into the field with a name. */
  async type(name: string, text: string): Promise<void> {
    await (await this.#named(name)).type(text);
  }

  /** Presses keys one after the other; `Shift+ArrowDown` holds the first while it presses the second. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const parts = key.split("+") as Parameters<Page["keyboard"]["press"]>[0][];
      const last = parts.pop();
      for (const part of parts) await this.page.keyboard.down(part);
      if (last !== undefined) await this.page.keyboard.press(last);
      for (const part of parts.toReversed()) await this.page.keyboard.up(part);
    }
  }

  /** Pastes a text where the focus is. */
  async paste(text: string): Promise<void> {
    await this.run(`{
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", ${JSON.stringify(text)});
      (document.activeElement ?? document.body).dispatchEvent(
        new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }`);
  }

  /** Drops a file on the page. */
  async drop(name: string, bytes: Uint8Array): Promise<void> {
    const text = Buffer.from(bytes).toString("base64");
    await this.run(`{
      const dataTransfer = new DataTransfer();
      const bytes = Uint8Array.from(atob("${text}"), (character) => character.charCodeAt(0));
      dataTransfer.items.add(new File([bytes], ${JSON.stringify(name)}));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }`);
  }

  /** Breaches of WCAG 2.2, levels A and AA, that axe-core finds: rule, and the elements that break it. */
  async wcagFindings(): Promise<readonly string[]> {
    // The policy of the page forbids other scripts, and the debugger's are not bound by it.
    if (await this.run("window.axe === undefined"))
      await this.page.evaluate(readFileSync(axePath, "utf8"));
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const options = JSON.stringify({ runOnly: tags, resultTypes: ["violations"] });
    const violations = await this.run<{ id: string; nodes: { html: string }[] }[]>(
      `axe.run(document, ${options}).then((results) => results.violations)`,
    );
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" · ")}`,
    );
  }

  async #named(
    name: string,
  ): ReturnType<Page["waitForSelector"]> extends Promise<infer Found>
    ? Promise<NonNullable<Found>>
    : never {
    const wait = async () => await this.page.waitForSelector(`aria/${name}`);
    const found = await waiting(name, wait);
    if (found === null) throw new Error(`the page has no ${name}`);
    return found;
  }
}
