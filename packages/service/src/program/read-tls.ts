import { createSecureContext } from "node:tls";
import { asFault } from "@troupe/actor-runtime";
import { outOfRange } from "@troupe/control";
import type { TlsFiles } from "../service.messages.ts";

/**
 * Reads a certificate chain and its key, and checks that they belong together.
 *
 * @throws TroupeError `option-out-of-range`
 */
export function readTls(
  certificatePath: string,
  keyPath: string,
  readText: (path: string) => string,
): TlsFiles {
  try {
    const certificate = readText(certificatePath);
    const key = readText(keyPath);
    createSecureContext({ cert: certificate, key });
    return { certificate, key };
  } catch (error) {
    const seen = `${certificatePath} and ${keyPath}: ${asFault(error).message}`;
    throw outOfRange("tlsCertificate", seen, "a certificate chain and its key, in PEM");
  }
}
