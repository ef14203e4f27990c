import { asFault } from "@troupe/actor-runtime";
import type { FileStreams, StreamedPart } from "@troupe/coordinator/commands";
import type { PlainError } from "../service.messages.ts";

/** Answers the calls of the actor `http` about files and streams. */
export function streamHandlers(streams: FileStreams) {
  return {
    "find-file": ({ file, torrent }: Pick<StreamedPart, "file" | "torrent">) =>
      answered(async () => await Promise.resolve(streams.find(torrent, file))),
    "read-stream": ({ stream, ...part }: StreamedPart & { readonly stream: number }) =>
      answered(() => streams.read(stream, part)),
    "end-stream": ({ stream }: { readonly stream: number }) => streams.end(stream),
  };
}

async function answered<Result>(
  work: () => Promise<Result>,
): Promise<Result | { readonly error: PlainError }> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = asFault(error);
    return { error: { code, message } };
  }
}
