// A headless Chromium that opens files and addresses, and records the errors and requests of each page.

import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser, type HTTPResponse, type Page } from "puppeteer-core";

/** Debian's. */
const chromium = "/usr/bin/chromium";
/** The browser asks no user whether a page may call this machine: the service must hold without that guard. */
const asksNobody = "--disable-features=LocalNetworkAccessChecks";
const axePath = createRequire(import.meta.url).resolve("axe-core");

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
}

/** A browser, and a folder for the files that it opens. */
export class HeadlessBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #folder: string;

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  /** Starts Chromium; as root it runs without its sandbox, which needs another user. */
  static async start({
    hasLowestPriority = false,
    mappedHosts = [],
  }: BrowserOptions = {}): Promise<HeadlessBrowser> {
    const folder = await mkdtemp(join(tmpdir(), "troupe-browser-"));
    const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    const rules = mappedHosts.map((host) => `MAP ${host} 127.0.0.1`).join(", ");
    const mapped = rules === "" ? [] : [`--host-resolver-rules=${rules}`, asksNobody];
    const browser = await puppeteer.launch({
      executablePath: hasLowestPriority ? await niceProgram(folder) : chromium,
      args: [...sandbox, "--disable-gpu", "--disable-dev-shm-usage", ...mapped],
    });
    return new HeadlessBrowser(browser, folder);
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
    // Two frames: the plots are drawn when their width is known.
    await page.evaluate(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
    );
    return open;
  }

  /** Opens an address. @param prepare Called before the page asks for it. */
  async visit(
    address: string,
    prepare: (page: Page) => Promise<unknown> = async () => undefined,
  ): Promise<OpenPage & { readonly response: HTTPResponse | null }> {
    const open = await this.#blankPage(address);
    await prepare(open.page);
    return { ...open, response: await open.page.goto(address) };
  }

  async #blankPage(address: string): Promise<OpenPage> {
    const page = await this.#browser.newPage();
    const [errors, requests]: [string[], string[]] = [[], []];
    page.on("console", (message) => {
      if (["error", "warn"].includes(message.type())) errors.push(message.text());
    });
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("request", (request) => {
      if (request.url() !== address) requests.push(request.url());
    });
    const run = async <Result>(expression: string) => (await page.evaluate(expression)) as Result;
    return { page, errors, requests, run };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Writes a program that starts Chromium with the lowest priority. @returns Its path. */
async function niceProgram(folder: string): Promise<string> {
  const path = join(folder, "nice-chromium");
  await writeFile(path, `#!/bin/sh\nexec nice -n 19 ${chromium} "$@"\n`, { mode: 0o755 });
  return path;
}

/** Findings of axe-core that are serious or critical: rule, and the elements that break it. */
export async function seriousFindings({ page }: OpenPage): Promise<string[]> {
  // The policy of the page forbids other scripts, and the debugger's are not bound by it.
  await page.evaluate(readFileSync(axePath, "utf8"));
  const { violations } = (await page.evaluate("axe.run(document)")) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" · ")}`);
}
