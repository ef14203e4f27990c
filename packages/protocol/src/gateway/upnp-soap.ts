// Calls of a gateway's service (SOAP 1.1, UPnP Device Architecture 1.1, section 3), and their replies.

import { cleanReason, cleanText } from "../text/clean-text.ts";
import { parseDigits } from "../address/ip-address.ts";
import { elementsOf, readXml, type XmlElement } from "./xml-tree.ts";

/** Values of a reply that are read; further ones are left out. */
const maxValues = 64;
/** Longest value of a reply; a longer one is cut. */
const maxValueLength = 256;

/** Error codes that a client handles (WANIPConnection 1, section 2.4.16). */
export const upnpErrors = {
  invalidAction: 401,
  noSuchEntry: 714,
  conflict: 718,
  samePortsRequired: 724,
  onlyPermanentLeases: 725,
  conflictWithOther: 729,
} as const;

/** A gateway's reply. */
export type SoapReply =
  | { readonly kind: "values"; readonly values: ReadonlyMap<string, string> }
  /** `code` is 0 without one; `reason` is cleaned text for people. */
  | { readonly kind: "fault"; readonly code: number; readonly reason: string };

/** The header `SOAPAction` of a call. */
export function soapAction(service: string, action: string): string {
  return `"${service}#${action}"`;
}

/** The body of a call. @param values Arguments in the order of the service's definition; plain text. */
export function encodeSoapCall(
  service: string,
  action: string,
  values: readonly (readonly [name: string, value: string | number])[],
): Uint8Array {
  const fields = values.map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`);
  const envelope = "http://schemas.xmlsoap.org/soap/envelope/";
  const encoding = "http://schemas.xmlsoap.org/soap/encoding/";
  return new TextEncoder().encode(
    `<?xml version="1.0"?>\r\n<s:Envelope xmlns:s="${envelope}" s:encodingStyle="${encoding}"><s:Body>` +
      `<u:${action} xmlns:u="${service}">${fields.join("")}</u:${action}></s:Body></s:Envelope>\r\n`,
  );
}

/**
 * @param action The action of the call: a reply to another one is a fault.
 * @throws {ProtocolError} `xml-malformed`.
 */
export function decodeSoapReply(bytes: Uint8Array, action: string): SoapReply {
  const elements = elementsOf(readXml(bytes));
  const answer = elements.find(({ name }) => name === `${action}Response`);
  if (answer !== undefined) return { kind: "values", values: valuesOf(answer) };
  const textOf = (wanted: string): string =>
    elements.find(({ name }) => name === wanted)?.text ?? "";
  return {
    kind: "fault",
    code: parseDigits(textOf("errorCode"), 10, 5) ?? 0,
    reason: cleanReason(textOf("errorDescription"), 100),
  };
}

function valuesOf({ children }: XmlElement): ReadonlyMap<string, string> {
  return new Map(
    children.slice(0, maxValues).map(({ name, text }) => [name, cleanText(text, maxValueLength)]),
  );
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
