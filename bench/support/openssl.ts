// The rate of SHA-1 alone: no check can be faster.

import { availableParallelism } from "node:os";
import { runProcess } from "../../test/support/programs/process.ts";

/** Measures for two seconds. @returns The bytes a second that OpenSSL hashes on all cores together. */
export async function opensslBytesPerSecond(): Promise<number> {
  const cores = String(availableParallelism());
  const words = ["speed", "-seconds", "2", "-bytes", "262144", "-multi", cores, "-evp", "sha1"];
  const lines = await runProcess(["openssl", ...words], { debianPackage: "openssl" });
  for (const line of lines) {
    const [, thousands] = /^sha1\s+([\d.]+)k/.exec(line) ?? [];
    if (thousands !== undefined) return Number(thousands) * 1_000;
  }
  throw new Error(`openssl speed told no rate: ${lines.join("\n")}`);
}
