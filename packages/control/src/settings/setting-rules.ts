// Rules that join several options; each throws the error of an option that contradicts another.

import { canonicalHost } from "@troupe/protocol/address";
import { parseProxyUrl } from "@troupe/protocol/proxy";
import { outOfRange, spelled } from "../checked-values.ts";

type Options = Readonly<Record<string, unknown>>;
type Rule = (options: Options) => void;

const mebibyte = 1 << 20;

/** Rules for the options of a torrent. */
export const torrentRules: readonly Rule[] = [startAgreesWithState, pickerWithoutOrder];

/** Rules for the options of an engine, with the number of peer-workers that it will have. */
export const engineRules: readonly Rule[] = [
  workerFilesForThreads,
  memoryForWorkers,
  anonymousWithoutNames,
  addressesOfFamilies,
  utpWithoutHttpProxy,
];

/** @throws TroupeError `option-out-of-range` */
export function checkRules(rules: readonly Rule[], options: object): void {
  for (const rule of rules) rule({ ...options });
}

function startAgreesWithState({ start, state }: Options): void {
  if (start === undefined || state === undefined) return;
  const isStarted = state !== "stopped";
  if (start === isStarted) return;
  throw outOfRange("start", spelled(start), `${isStarted} with the state ${spelled(state)}`);
}

/** The settings that choose an order of pieces. */
const orders = ["sequential", "firstLastPieces", "fromPiece"] as const;

/** A picker chooses the order itself. */
function pickerWithoutOrder({ modules, ...options }: Options): void {
  const { picker }: { readonly picker?: unknown } = { ...(modules as object | undefined) };
  if (picker === undefined) return;
  const order = orders.find((name) => options[name] !== undefined && options[name] !== false);
  if (order !== undefined) throw outOfRange("picker", spelled(picker), `none with \`${order}\``);
}

function workerFilesForThreads({ host, workerUrls }: Options): void {
  if (host === "inline" && workerUrls !== undefined)
    throw outOfRange("workerUrls", "given", 'no such option with `host: "inline"`');
}

/** The settings that tell others a name or an address of ours. */
const tellingSettings = ["peerIdPrefix", "announceAddress"] as const;

function anonymousWithoutNames({ anonymous, ...options }: Options): void {
  const name = tellingSettings.find((each) => typeof options[each] === "string");
  if (anonymous === true && name !== undefined)
    throw outOfRange(name, spelled(options[name]), "no value with `anonymous`");
}

/** The settings with addresses of this machine. */
const ownAddresses = ["bind", "announceAddress"] as const;

function addressesOfFamilies({ addressFamilies, ...options }: Options): void {
  if (addressFamilies === undefined) return;
  const families: readonly unknown[] = [addressFamilies].flat();
  for (const name of ownAddresses) {
    const given = [options[name]].flat().filter((each) => typeof each === "string");
    const other = given.find((each) => !families.includes(familyOf(each)));
    if (other === undefined) continue;
    const allowed = `an address of the families in \`addressFamilies\`: ${families.join(", ")}`;
    throw outOfRange(name, other, allowed);
  }
}

/** An HTTP proxy carries TCP alone. A SOCKS proxy tells later whether it carries UDP. */
function utpWithoutHttpProxy({ proxy, proxyFor, transport }: Options): void {
  if (transport !== "utp" || typeof proxy !== "string" || proxyFor === "trackers") return;
  if (parseProxyUrl(proxy).protocol !== "http") return;
  throw outOfRange("transport", "utp", "`tcp` or `both` with an HTTP proxy, which carries no uTP");
}

/** IPv4 for an IPv4 address in IPv6: a socket there sends packets of IPv4. */
function familyOf(host: string): string {
  return canonicalHost(host).includes(":") ? "ipv6" : "ipv4";
}

function memoryForWorkers({ memory, peerWorkers }: Options): void {
  const least = Math.max(1, Number(peerWorkers)) * mebibyte;
  if (memory === undefined || Number(memory) >= least) return;
  const allowed = `at least ${least}: 1 MiB for each of ${String(peerWorkers)} peer-workers`;
  throw outOfRange("memory", spelled(memory), allowed);
}
