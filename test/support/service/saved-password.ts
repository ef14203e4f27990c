// A password that a state folder has before the first start of its service, which then derives no key: 0.4 s of processor time.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The password of {@link savedPasswordRecord}. */
export const savedPassword = "the-password-of-tests";

/** A record of the cost that `troupe serve` demands. */
export const savedPasswordRecord =
  "scrypt$15$8$3$0dKA6qkwJOcUCAOvbpg9vw$TZf4hc-g9d62Fa6ydI0V6RAB2l4Zzb07JqUMhHN-J4k";

/** Writes the files that a first start leaves. A state folder that has a password keeps it. */
export function savePassword(stateFolder: string): void {
  const folder = join(stateFolder, "service");
  if (existsSync(join(folder, "password"))) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, "first-password"), `${savedPassword}\n`, { mode: 0o600 });
  writeFileSync(join(folder, "password"), `${savedPasswordRecord}\n`, { mode: 0o600 });
}
