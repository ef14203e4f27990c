import type { Ref } from "@troupe/actor-runtime";
import type { FileProtocol } from "@troupe/messages";

/** Serves the peers of torrents on a disk. */
export interface DiskUploads<Peer> {
  readonly isMemoryShort: boolean;
  readonly file: Ref<FileProtocol>;
  pump(session: Peer): void;
  forget(session: Peer): void;
  resume(): void;
  tick(): void;
  fileWorkerGone(): void;
}
