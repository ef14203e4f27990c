// Questions to the file-worker that outlive it: one that dies before it has answered is asked again in its successor,
// so that the death of a thread is never a torrent's error.

import type { CallName, MessageOf, ReplyOf } from "@troupe/actor-runtime";
import type { FileProtocol } from "@troupe/messages";
import { isGone } from "../troupe-error.ts";
import type { Engine } from "./engine-state.ts";

/**
 * Asks as soon as the file-worker knows every storage that is open.
 *
 * @param signal Ends the asking: nobody wants the answer any more.
 * @returns Undefined when `signal` was aborted meanwhile.
 * @throws rejects with ActorError `call-deadline`, or the file-worker's own failure.
 */
export async function askFile<Name extends CallName<FileProtocol>>(
  { feed, fileCalls }: Pick<Engine, "feed" | "fileCalls">,
  name: Name,
  message: MessageOf<FileProtocol, Name>,
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<ReplyOf<FileProtocol, Name> | undefined> {
  for (;;) {
    await feed.whenReady();
    if (signal.aborted) return undefined;
    try {
      const answer = await fileCalls.call(name, message, { deadlineMs });
      return signal.aborted ? undefined : answer;
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}
