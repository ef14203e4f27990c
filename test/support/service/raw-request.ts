// Requests as bytes, which no client would send.

import { connect } from "node:net";

/** Fields that every response has. */
export const guardFields = [
  "content-security-policy",
  "cross-origin-resource-policy",
  "x-content-type-options",
  "x-frame-options",
] as const;

/** The first response of a connection. */
export interface RawResponse {
  /** 0: the connection ended without a response. */
  readonly status: number;
  /** By lower-case name. */
  readonly fields: ReadonlyMap<string, string>;
  readonly text: string;
}

/** Sends bytes, and reads until the service ends the connection. `Connection: close` in the head ends it after the response. */
export async function rawRequest(port: number, bytes: string | Uint8Array): Promise<RawResponse> {
  const socket = connect(port, "127.0.0.1");
  const { promise, resolve } = Promise.withResolvers<void>();
  let got = "";
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => (got += text));
  socket.on("error", () => undefined);
  socket.on("close", () => resolve());
  socket.write(bytes);
  await promise;
  return parseResponse(got);
}

/** Reads the bytes of a response. */
export function parseResponse(got: string): RawResponse {
  const final = got.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, "");
  const end = final.indexOf("\r\n\r\n");
  const [start = "", ...lines] = final.slice(0, Math.max(end, 0)).split("\r\n");
  const fields = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(start)?.[1] ?? 0);
  return { status, fields: new Map(fields), text: end < 0 ? "" : final.slice(end + 4) };
}

/** The guard's fields that a response lacks. */
export function missingFields({ fields }: RawResponse): string[] {
  return guardFields.filter((name) => !fields.has(name));
}
