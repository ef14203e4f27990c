import { isIP } from "node:net";

import { bodyKindOf } from "../../../packages/service/src/guard/body-kind.ts";
import { checkBrowser } from "../../../packages/service/src/guard/browser-rule.ts";
import {
  callerAddress,
  parseTrustedProxies,
} from "../../../packages/service/src/guard/caller-address.ts";
import { cookieValues } from "../../../packages/service/src/guard/cookies.ts";
import { credentialsOf } from "../../../packages/service/src/guard/credential-choice.ts";
import { checkHost } from "../../../packages/service/src/guard/host-rule.ts";
import { isRefusal } from "../../../packages/service/src/guard/refusal.ts";
import { bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { addressWords } from "./ip-address.ts";

const rule = { machineName: "attic", names: ["seedbox.example"] };
const ownNames = new Set(["localhost", "attic", "attic.local", "seedbox.example"]);
const ownOrigin = /^http:\/\/attic:9090$/i;

/** Fields of the head of a request. */
export const callFields: FuzzTarget = {
  name: "call-fields",
  oracle:
    "a host is an address or a name of ours, an Origin is ours in its one spelling, a caller's address is numeric, and values of cookies have no semicolon; all else is refused",
  sources: [
    "service/src/guard/host-rule",
    "service/src/guard/browser-rule",
    "service/src/guard/caller-address",
    "service/src/guard/cookies",
    "service/src/guard/credential-choice",
    "service/src/guard/body-kind",
  ],
  seeds: () =>
    [
      "attic:9090",
      "http://attic:9090",
      "[2001:db8::1]:80",
      "198.51.100.7, 10.0.0.2",
      'SID=abc; troupe-session-9090="x"',
      "Basic YTpi",
      "Bearer troupe_x",
      'multipart/form-data; boundary="b:0"',
    ].map(bytesOf),
  mutate: textMutator([
    ...addressWords,
    "attic",
    ".local",
    "seedbox.example",
    "http://",
    ":9090",
    ", ",
    "; ",
    "SID=",
    '"',
    "boundary=",
    "10.0.0.2",
  ]),
  maxBytes: 500,
  run(input) {
    const text = textOf(input);
    const host = checkHost(text, rule, false);
    hold(
      isRefusal(host) || isIP(host.name) !== 0 || ownNames.has(host.name),
      "a host that is not ours",
    );
    const place = {
      route: "call",
      host: { name: "attic", port: 9_090 },
      scheme: "http",
    } as const;
    const isOurs = checkBrowser({ origin: text }, place) === "page";
    // A host may end with a full stop, and a port may begin with zeros.
    const spelled = text.replace(/\.:/, ":").replace(/:0+(?=[1-9])/, ":");
    hold(!isOurs || ownOrigin.test(spelled), "an Origin that is not ours");
    const trusted = parseTrustedProxies(["10.0.0.0/8"]);
    if (isRefusal(trusted)) return hold(false, trusted.message);
    const { address } = callerAddress({ peer: "10.0.0.1", forwardedFor: text }, trusted);
    hold(isIP(address) !== 0, "an address that is none");
    for (const value of cookieValues(text, "SID")) hold(!value.includes(";"), "a semicolon");
    const kinds = credentialsOf({ authorization: text, cookie: text }, "troupe-session-9090");
    hold(kinds.length <= 3, "a number of credentials");
    const kind = bodyKindOf(text, undefined);
    if (isRefusal(kind) || kind.kind !== "multipart") return;
    hold(/^[\w'()+,./:=?-]{1,70}$/.test(kind.boundary), "a boundary that is none");
  },
};
