import {
  maxEarlyPluginBytes,
  maxEarlyPluginTorrentBytes,
  messageMemoryBytes,
} from "../../limits.ts";
import type { Session } from "../../session/session.ts";

interface EarlyPayload {
  readonly name: string;
  readonly payload: Uint8Array;
}

/** Messages to plugin extensions, of peers of a torrent that wait for their admission. */
export class EarlyPayloads {
  readonly #bySession = new Map<Session, EarlyPayload[]>();
  #bytes = 0;

  /** @param payload Lent. @returns False beyond a bound: the message is not kept. */
  keep(session: Session, name: string, payload: Uint8Array): boolean {
    const kept = this.#bySession.get(session) ?? [];
    const bytes = sizeOf({ payload });
    if (sizeOfAll(kept) + bytes > maxEarlyPluginBytes) return false;
    if (this.#bytes + bytes > maxEarlyPluginTorrentBytes) return false;
    this.#bytes += bytes;
    this.#bySession.set(session, [...kept, { name, payload: payload.slice() }]);
    return true;
  }

  /** @returns The messages to an extension, in their order; they are kept no more. */
  take(session: Session, name: string): Uint8Array[] {
    return this.#remove(session, (early) => early.name === name).map(({ payload }) => payload);
  }

  /** Drops the messages to other extensions: they are gone. */
  keepOnly(names: readonly string[]): void {
    for (const session of this.#bySession.keys())
      this.#remove(session, ({ name }) => !names.includes(name));
  }

  #remove(session: Session, isRemoved: (early: EarlyPayload) => boolean): EarlyPayload[] {
    const kept = this.#bySession.get(session) ?? [];
    const removed = kept.filter(isRemoved);
    const left = kept.filter((early) => !isRemoved(early));
    this.#bytes -= sizeOfAll(removed);
    if (left.length > 0) this.#bySession.set(session, left);
    else this.#bySession.delete(session);
    return removed;
  }
}

function sizeOf({ payload }: Pick<EarlyPayload, "payload">): number {
  return payload.length + messageMemoryBytes;
}

function sizeOfAll(payloads: readonly EarlyPayload[]): number {
  return payloads.reduce((sum, early) => sum + sizeOf(early), 0);
}
