// A Chromium without a window that opens files and addresses, and records the errors and requests of each page.

import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer, { type BrowserContext, type HTTPResponse, type Page } from "puppeteer-core";
import { waiting } from "./time/until.ts";

/** Debian's. The shell has no window, no print preview and few codecs; it starts with half the work. */
const programs = { full: "/usr/bin/chromium", shell: "/usr/bin/chromium-headless-shell" };
/** The browser asks no user whether a page may call this machine: the service must hold without that guard. */
const asksNobody = "--disable-features=LocalNetworkAccessChecks";
/** `pnpm test:long`. */
export const isLongLane: boolean = process.env["TEST_LANE"] === "long";
const axePath = createRequire(import.meta.url).resolve("axe-core");
/** Settles once the page has drawn its present state: the callbacks of the first frame may change it. */
const drawn =
  "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))";

/** How a page is shown. */
export interface PageView {
  readonly width: number;
  readonly theme: "light" | "dark";
}

/** How the browser is started. */
interface BrowserOptions {
  /** Names and addresses that lead to 127.0.0.1. */
  readonly mappedHosts?: readonly string[];
  /** It leaves the processor to others. */
  readonly hasLowestPriority?: boolean;
  /** Chromium as users have it. Default: the headless shell; in the long lane the full one. */
  readonly isFull?: boolean;
}

/** A page that the browser shows. */
export interface OpenPage {
  readonly page: Page;
  /** Texts of the console's errors and warnings, and of exceptions. */
  readonly errors: readonly string[];
  /** Addresses that the page asked for, its own left out. */
  readonly requests: readonly string[];
  /** The result of an expression in the page. */
  run<Result>(expression: string): Promise<Result>;
  /** Settles when an expression is true in the page. */
  until(expression: string): Promise<void>;
  /** Settles when the page has an element of a selector. */
  appears(selector: string): Promise<void>;
  /** Settles when the page has drawn its present state. */
  draws(): Promise<void>;
}

/** A profile of a browser, and a folder for the files that it opens. */
export class HeadlessBrowser implements AsyncDisposable {
  readonly #profile: BrowserContext;
  readonly #folder: string;
  readonly #close: () => Promise<void>;

  private constructor(profile: BrowserContext, folder: string, close: () => Promise<void>) {
    this.#profile = profile;
    this.#folder = folder;
    this.#close = close;
  }

  /** Starts Chromium; as root it runs without its sandbox, which needs another user. */
  static async start({
    hasLowestPriority = false,
    isFull = isLongLane,
    mappedHosts = [],
  }: BrowserOptions = {}): Promise<HeadlessBrowser> {
    const folder = await mkdtemp(join(tmpdir(), "troupe-browser-"));
    const program = isFull ? programs.full : programs.shell;
    const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    const rules = mappedHosts.map((host) => `MAP ${host} 127.0.0.1`).join(", ");
    const mapped = rules === "" ? [] : [`--host-resolver-rules=${rules}`, asksNobody];
    const browser = await puppeteer.launch({
      executablePath: hasLowestPriority ? await niceProgram(folder, program) : program,
      headless: isFull ? true : "shell",
      args: [...sandbox, "--disable-gpu", "--disable-dev-shm-usage", ...mapped],
      // Waits have no limit of their own (time/until.ts).
      ...{ timeout: 0, protocolTimeout: 0 },
    });
    const profile = browser.defaultBrowserContext();
    return new HeadlessBrowser(profile, folder, async () => await browser.close());
  }

  /** A fresh profile of this browser: without the cookies, the storage and the workers of others. */
  async freshProfile(): Promise<HeadlessBrowser> {
    const folder = await mkdtemp(join(this.#folder, "profile-"));
    const profile = await this.#profile.browser().createBrowserContext();
    return new HeadlessBrowser(profile, folder, async () => await profile.close());
  }

  /** Opens an HTML text as a file; resolves when its plots are drawn. */
  async open(html: string, { width, theme }: PageView): Promise<OpenPage> {
    const path = join(this.#folder, "page.html");
    await writeFile(path, html);
    const address = pathToFileURL(path).href;
    const open = await this.#blankPage(address);
    const { page } = open;
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    await page.setViewport({ width, height: 900 });
    await page.goto(address);
    // The plots are drawn when their width is known.
    await open.draws();
    return open;
  }

  /** Opens an address. @param prepare Called before the page asks for it. */
  async visit(
    address: string,
    prepare: (page: Page) => Promise<unknown> = async () => undefined,
  ): Promise<OpenPage & { readonly response: HTTPResponse | null }> {
    const open = await this.#blankPage(address);
    await prepare(open.page);
    const response = await waiting(
      `the page ${address}`,
      async () => await open.page.goto(address),
    );
    return { ...open, response };
  }

  async #blankPage(address: string): Promise<OpenPage> {
    const page = await this.#profile.newPage();
    page.setDefaultTimeout(0);
    const [errors, requests]: [string[], string[]] = [[], []];
    page.on("console", (message) => {
      if (["error", "warn"].includes(message.type())) errors.push(message.text());
    });
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("request", (request) => {
      if (request.url() !== address) requests.push(request.url());
    });
    const run = async <Result>(expression: string) => (await page.evaluate(expression)) as Result;
    return {
      ...{ page, errors, requests, run },
      until: async (expression) =>
        void (await waiting(expression, async () => await page.waitForFunction(expression))),
      appears: async (selector) =>
        void (await waiting(selector, async () => await page.waitForSelector(selector))),
      draws: async () => await run(drawn),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Writes a program that starts another one with the lowest priority. @returns Its path. */
async function niceProgram(folder: string, program: string): Promise<string> {
  const path = join(folder, "nice-chromium");
  await writeFile(path, `#!/bin/sh\nexec nice -n 19 ${program} "$@"\n`, { mode: 0o755 });
  return path;
}

/** Findings of axe-core that are serious or critical: rule, and the elements that break it. */
export async function seriousFindings({ page }: OpenPage): Promise<string[]> {
  // The policy of the page forbids other scripts, and the debugger's are not bound by it.
  await page.evaluate(readFileSync(axePath, "utf8"));
  const { violations } = (await page.evaluate(
    `axe.run(document, { resultTypes: ["violations"] })`,
  )) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" · ")}`);
}
