// Calls to the file-worker: after a crash its successor is asked again, so that the crash does not fail a torrent.

import type { CallName, MessageOf, ReplyOf } from "@troupe/actor-runtime";
import { isGone } from "@troupe/api-base";
import type { FileProtocol, StorageRefusal } from "@troupe/messages";
import type { DiskHandle } from "./disk-handle.ts";
import { diskOfFolder, type DiskServices } from "./disk-handles.ts";
import { refusalOf } from "./records-calls.ts";

/**
 * Calls the file-worker once it knows every open storage.
 *
 * @param signal Gives the call up.
 * @returns Undefined when `signal` was aborted meanwhile.
 * @throws rejects with ActorError `call-deadline`, or the file-worker's own failure.
 */
export async function callFileWorker<Name extends CallName<FileProtocol>>(
  { pendingWrites, calls }: Pick<DiskHandle, "pendingWrites" | "calls">,
  name: Name,
  message: MessageOf<FileProtocol, Name>,
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<ReplyOf<FileProtocol, Name> | undefined> {
  for (;;) {
    await pendingWrites.whenReady();
    if (signal.aborted) return undefined;
    try {
      const answer = await calls.call(name, message, { deadlineMs });
      return signal.aborted ? undefined : answer;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!isGone(error)) throw error;
    }
  }
}

/**
 * Calls the file-worker of a folder's device for a user's call, which must settle whatever becomes of threads.
 *
 * @returns The reply, or a refusal with the code of the error, mostly `call-deadline`.
 */
export async function callFileWorkerForUser<Name extends CallName<FileProtocol>>(
  engine: DiskServices,
  folder: string,
  name: Name,
  message: MessageOf<FileProtocol, Name>,
  deadlineMs: number,
): Promise<ReplyOf<FileProtocol, Name> | StorageRefusal> {
  const { signal } = new AbortController();
  try {
    const disk = await diskOfFolder(engine, folder);
    const answer = await callFileWorker(disk, name, message, { deadlineMs, signal });
    if (answer !== undefined) return answer;
    throw new Error("bug: a question that nobody ends was ended");
  } catch (error) {
    return refusalOf(error);
  }
}
