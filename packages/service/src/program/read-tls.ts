import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { asFault } from "@troupe/actor-runtime";
import { outOfRange } from "@troupe/control";
import type { TlsFiles } from "../service.messages.ts";
import type { ServiceOptions } from "./service-options.ts";

/**
 * Reads the certificate chain and its key, and checks that they belong together.
 *
 * @returns Undefined for a service without TLS.
 * @throws rejects with TroupeError `option-out-of-range`
 */
export async function readTls({
  tlsCertificate,
  tlsKey,
}: Pick<ServiceOptions, "tlsCertificate" | "tlsKey">): Promise<TlsFiles | undefined> {
  if (tlsCertificate === undefined && tlsKey === undefined) return undefined;
  if (tlsCertificate === undefined || tlsKey === undefined)
    throw outOfRange("tlsCertificate", "one of --tls-cert and --tls-key", "both, or none");
  try {
    const certificate = await readFile(tlsCertificate, "utf8");
    const key = await readFile(tlsKey, "utf8");
    createSecureContext({ cert: certificate, key });
    return { certificate, key };
  } catch (error) {
    const seen = `${tlsCertificate} and ${tlsKey}: ${asFault(error).message}`;
    throw outOfRange("tlsCertificate", seen, "a certificate chain and its key, in PEM");
  }
}
