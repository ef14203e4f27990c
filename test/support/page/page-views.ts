// Waits and looks that the tests of single views of the page share.

import { isLongLane, type HeadlessBrowser } from "../browser.ts";
import type { Served } from "../service/served.ts";
import { OpenedPage, themes, widths, type PageLook } from "./opened-page.ts";

/** Opens a view of a service, logged in. @param hash `#/settings`. */
export async function openView(
  browser: HeadlessBrowser,
  served: Pick<Served, "password" | "port">,
  hash: string,
  look: PageLook = {},
): Promise<OpenedPage> {
  const { secret = served.password, ...shown } = look;
  const opened = await OpenedPage.open(browser, `http://127.0.0.1:${served.port}/${hash}`, shown);
  await opened.appears("#password, .head");
  // A further page of the browser has the cookie of the first.
  if ((await opened.page.$("#password")) !== null) await opened.logIn(secret);
  return opened;
}

/** The text of the element that a selector finds. */
export async function textOf(opened: OpenedPage, selector: string): Promise<string> {
  const text = await opened.run<string | undefined>(
    `document.querySelector(${JSON.stringify(selector)})?.textContent`,
  );
  return text ?? "";
}

/** Settles when the page has a text. */
export async function untilText(opened: OpenedPage, text: string): Promise<void> {
  await opened.until(`document.body.textContent.includes(${JSON.stringify(text)})`);
}

/** Colours: of each scheme, and those that the system forces. */
const colours = [
  { theme: themes[0], forced: "none" },
  { theme: themes[1], forced: "none" },
  { theme: "dark", forced: "active" },
];

/** How many views this file has looked at. */
let seenViews = 0;

/** Each width and each kind of colours: in the long lane all pairs, otherwise three, other ones for each view. */
function nextLooks(): readonly (readonly [(typeof colours)[number], number])[] {
  const turn = seenViews++;
  return colours.flatMap((colour, row) =>
    widths
      .filter((_, column) => isLongLane || (row + turn) % widths.length === column)
      .map((width) => [colour, width] as const),
  );
}

/**
 * Looks at a view in widths and colours.
 *
 * @param reach Settles when the view is drawn.
 * @returns Breaches of WCAG, views wider than the window, errors of the console, and requests to other hosts.
 */
export async function findingsOf(
  opened: OpenedPage,
  reach: (opened: OpenedPage) => Promise<void> = async () => undefined,
): Promise<readonly string[]> {
  const findings: string[] = [];
  const devtools = await opened.page.createCDPSession();
  for (const [{ forced, theme }, width] of nextLooks()) {
    const features = [
      { name: "prefers-color-scheme", value: theme },
      { name: "forced-colors", value: forced },
      // A colour that is still on its way to the next one has another contrast.
      { name: "prefers-reduced-motion", value: "reduce" },
    ];
    await devtools.send("Emulation.setEmulatedMedia", { features });
    await opened.page.setViewport({ width, height: 900 });
    await reach(opened);
    await opened.draws();
    const look = `${width} px, ${theme}, forced colours ${forced}`;
    const all = await opened.wcagFindings();
    // The system chooses forced colours.
    const found = all.filter((each) => forced === "none" || !each.startsWith("color-contrast"));
    findings.push(...found.map((each) => `${look}: ${each}`));
    const wide = await opened.run<number>("document.documentElement.scrollWidth");
    if (wide > width) findings.push(`${look}: ${wide} px wide`);
  }
  await devtools.detach();
  findings.push(...opened.errors, ...opened.foreignRequests);
  return findings;
}

/**
 * Texts of the page that the pseudo-locale has not changed: words of plain letters, outside of names and sentences from
 * elsewhere and of the dates and units that `Intl` writes.
 */
export async function plainTexts(opened: OpenedPage): Promise<readonly string[]> {
  return await opened.run(`(() => {
    const isOwn = (element) => element.closest("[translate=no], noscript") === null;
    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
      if (isOwn(node.parentElement)) texts.push(node.data);
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]"))
      if (isOwn(element))
        texts.push(element.ariaLabel ?? "", element.title ?? "", element.placeholder ?? "");
    const units = /[\\d.,]+\\s?(?:[kMGT]?B(?:\\/s)?|byte\\/s|[dhms])(?![a-z])/g;
    const dates = /[A-Z][a-z]{2} \\d{1,2}(?:, \\d{4})?|\\s[AP]M\\b/g;
    return texts
      .map((text) => text.replace(dates, "").replace(units, ""))
      .filter((text) => /[A-Za-z]{2}/.test(text));
  })()`);
}
