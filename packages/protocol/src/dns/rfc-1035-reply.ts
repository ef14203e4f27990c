// Replies of name servers: https://www.rfc-editor.org/rfc/rfc1035, section 4. The head and the question are as in
// `rfc-1035-question.ts`; then come records:
//
//      name, or two bytes 0xc000 + the place of an earlier one, also behind labels
//   2  type    2  class    4  time to live    2  length    then the data

import { formatIp } from "../address/ip-address.ts";
import { readUint16 } from "../bytes/byte-order.ts";
import {
  addressTypes,
  dnsHeadBytes,
  internetClass,
  type DnsQuestion,
} from "./rfc-1035-question.ts";

/** The longest reply that is read. At this bound a longer one over UDP is taken for lost. */
export const longestDnsReplyBytes = 65_535;
/** Records that are read. At the bound the rest is left out. */
const mostRecords = 64;
/** Aliases between the name and its addresses. At the bound there is no address. */
const mostAliases = 8;
/** Addresses that are taken. At the bound the rest is left out. */
const mostAddresses = 8;

const aliasType = 5;
const isReply = 0x8000;
const isTruncated = 0x0200;
const operation = 0x7800;
const codeMask = 0x000f;
const noSuchName = 3;
const pointer = 0xc0;
const longestName = 253;

/** The reply to a question. */
export type DnsReply =
  /** Empty: the name has none of the family. Up to 8. */
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  /** The whole reply comes over TCP. */
  | { readonly kind: "truncated" }
  | { readonly kind: "no-name" }
  /** The server cannot or does not want to answer. */
  | { readonly kind: "refused"; readonly code: number };

/** A record of a name. */
interface DnsRecord {
  readonly name: string;
  readonly type: number;
  /** Place of the data in the reply. */
  readonly at: number;
  readonly lengthBytes: number;
}

/** @returns Undefined for bytes that are no reply to the question, or malformed. */
export function decodeDnsReply(bytes: Uint8Array, question: DnsQuestion): DnsReply | undefined {
  if (bytes.length < dnsHeadBytes || readUint16(bytes, 0) !== question.id) return undefined;
  const flags = readUint16(bytes, 2);
  if ((flags & isReply) === 0 || (flags & operation) !== 0) return undefined;
  const asked = readQuestion(bytes, question);
  if (asked === undefined) return undefined;
  const code = flags & codeMask;
  if (code === noSuchName) return { kind: "no-name" };
  if (code !== 0) return { kind: "refused", code };
  if ((flags & isTruncated) !== 0) return { kind: "truncated" };
  const records = readRecords(bytes, asked, readUint16(bytes, 6));
  return records && { kind: "addresses", addresses: addressesIn(bytes, records, question) };
}

/** @returns The place behind the question, if it is ours. */
function readQuestion(bytes: Uint8Array, { name, family }: DnsQuestion): number | undefined {
  if (readUint16(bytes, 4) !== 1) return undefined;
  const read = readName(bytes, dnsHeadBytes);
  if (read === undefined || read.end + 4 > bytes.length || read.name !== name) return undefined;
  const isOurs =
    readUint16(bytes, read.end) === addressTypes[family] &&
    readUint16(bytes, read.end + 2) === internetClass;
  return isOurs ? read.end + 4 : undefined;
}

function readRecords(
  bytes: Uint8Array,
  from: number,
  count: number,
): readonly DnsRecord[] | undefined {
  const records: DnsRecord[] = [];
  let at = from;
  for (let left = Math.min(count, mostRecords); left > 0; left--) {
    const owner = readName(bytes, at);
    if (owner === undefined || owner.end + 10 > bytes.length) return undefined;
    const lengthBytes = readUint16(bytes, owner.end + 8);
    at = owner.end + 10 + lengthBytes;
    if (at > bytes.length) return undefined;
    if (readUint16(bytes, owner.end + 2) !== internetClass) continue;
    const type = readUint16(bytes, owner.end);
    records.push({ name: owner.name, type, at: owner.end + 10, lengthBytes });
  }
  return records;
}

/** The addresses of the name, or of the name that it is an alias of. */
function addressesIn(
  bytes: Uint8Array,
  records: readonly DnsRecord[],
  { name, family }: DnsQuestion,
): readonly string[] {
  const length = family === 4 ? 4 : 16;
  let owner = name;
  for (let aliases = 0; aliases <= mostAliases; aliases++) {
    const own = records.filter((record) => record.name === owner);
    const found = own.filter(
      ({ type, lengthBytes }) => type === addressTypes[family] && lengthBytes === length,
    );
    if (found.length > 0)
      return found
        .slice(0, mostAddresses)
        .map(({ at }) => formatIp(bytes.subarray(at, at + length)));
    const alias = own.find(({ type }) => type === aliasType);
    const target = alias === undefined ? undefined : readName(bytes, alias.at);
    if (target === undefined) return [];
    owner = target.name;
  }
  return [];
}

/** @returns The name in lower case, and the place behind it. Each pointer leads back, so that the way ends. */
function readName(
  bytes: Uint8Array,
  from: number,
): { readonly name: string; readonly end: number } | undefined {
  let name = "";
  let at = from;
  let end: number | undefined;
  let limit = from;
  for (;;) {
    const length = bytes[at];
    if (length === undefined) return undefined;
    if (length === 0) return { name, end: end ?? at + 1 };
    if (length >= pointer) {
      const target = ((length & ~pointer) << 8) | (bytes[at + 1] ?? 0);
      if (at + 2 > bytes.length || target >= limit) return undefined;
      end ??= at + 2;
      limit = target;
      at = target;
      continue;
    }
    const label = bytes.subarray(at + 1, at + 1 + length);
    if (length > 63 || label.length < length) return undefined;
    const text = Buffer.from(label).toString("latin1").toLowerCase();
    name = name === "" ? text : `${name}.${text}`;
    if (name.length > longestName) return undefined;
    at += 1 + length;
  }
}
