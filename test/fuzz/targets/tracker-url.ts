import { checkTrackerUrl } from "@troupe/protocol/tracker";

import { bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

/** Parts that a URL is made of. */
export const urlWords: readonly string[] = [
  ..."http://|https://|udp://|HTTP://|file:///|javascript:|data:,|ws://|//|://|:|@|/|?|#|[::1]|[|]|%".split(
    "|",
  ),
  ..."user:pass@|xn--|xn--e1afmkfd.example|example.org|127.0.0.1|0x7f.1|2130706433|:80|:0|:65536".split(
    "|",
  ),
  ..."announce|?passkey=1|&|%2f|%zz|\u00fc.example|\u0435xample.org|\uff0e|\u3002|\u2044".split(
    "|",
  ),
];

/** Whether it passes the check as it is. */
export function isTrackerUrl(text: string): boolean {
  const check = checkTrackerUrl(text);
  return "url" in check && check.url === text;
}

/** The addresses of trackers. */
export const trackerUrl: FuzzTarget = {
  name: "tracker-url",
  oracle:
    "refused with a reason, or plain ASCII of http, https or udp without a user, which passes the check as it is",
  sources: ["protocol/src/tracker/tracker-url"],
  seeds: () =>
    [
      "http://t.example/announce?x=1",
      "udp://[2001:db8::1]:80",
      "https://\u00fc.example/",
      "http://a@b/",
    ].map(bytesOf),
  mutate: textMutator(urlWords),
  run(input) {
    const text = textOf(input);
    const check = checkTrackerUrl(text);
    if ("refused" in check) return;
    hold(/^[!-~]+$/u.test(check.url), () => `not plain: ${JSON.stringify(check.url)}`);
    hold(isTrackerUrl(check.url), "another URL the second time");
    const url = new URL(check.url);
    hold(["http:", "https:", "udp:"].includes(url.protocol), "another scheme");
    hold(url.username === "" && url.password === "" && url.hostname !== "", "a user, or no host");
    hold(
      !url.hostname.includes("xn--") && !url.hostname.includes("%"),
      "a host that looks like another",
    );
    hold(url.href === new URL(text.trim()).href, "another address than was written");
  },
};
