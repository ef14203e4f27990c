import { rename, unlink } from "node:fs/promises";
import { writeDurably } from "@troupe/api-base";
import { temporaryName } from "./temporary-name.ts";

/**
 * Writes a file, or replaces it: whole or not at all. Its name is durable after a sync of its folder.
 *
 * @param beginning That of its name until it is whole. Default: its path.
 * @throws rejects with a system error.
 */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  { mode, beginning = path }: { readonly mode?: number; readonly beginning?: string } = {},
): Promise<void> {
  const temporary = temporaryName(beginning);
  try {
    await writeDurably(temporary, bytes, mode);
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}
