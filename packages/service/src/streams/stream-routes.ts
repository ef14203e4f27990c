// Files of torrents for players: `/stream/HASH/INDEX`, and a playlist of a torrent.

import type { ServedFile } from "@troupe/file-http";
import { asFault } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { streamTarget, type StreamLinks } from "../guard/stream-links.ts";
import { errorResponse } from "../api/api-answer.ts";
import type { Route, ServiceRequest, ServiceResponse } from "../routes/route.ts";
import type { FileSource } from "./file-source.ts";
import { playableFiles, playlistText } from "./playlist.ts";
import type { StreamPlaces } from "./stream-places.ts";

/** The parts of streams. */
interface StreamParts {
  readonly files: FileSource;
  readonly links: StreamLinks;
  readonly places: StreamPlaces;
}

/** The routes below `/stream`. A link proves their caller, as a credential with the right `read` does. */
export function streamRoutes(parts: StreamParts): readonly Route[] {
  return [
    {
      ...{ method: "GET", path: "/stream/:torrent/:file", body: "none", takesLinks: true },
      answer: async (request) => {
        try {
          return await answer(request, parts);
        } catch (error) {
          if (error instanceof TroupeError) return streamError(error);
          throw error;
        }
      },
    },
  ];
}

async function answer(request: ServiceRequest, parts: StreamParts): Promise<ServiceResponse> {
  const target = streamTarget(request.path);
  if (target === undefined) {
    const message =
      "there is no such file: a path is /stream/HASH/INDEX, or ends with playlist.m3u8";
    throw new TroupeError("no-file", message);
  }
  // The torrents of the state folder are there.
  await request.calls.view();
  const { file, torrent } = target;
  if (file === "playlist") return await playlist(request, torrent, parts);
  return await stream(request, { torrent, file }, parts);
}

async function stream(
  { method }: ServiceRequest,
  { file, torrent }: { readonly torrent: string; readonly file: number },
  { files, places }: StreamParts,
): Promise<ServiceResponse> {
  const { lengthBytes, mayWait, name } = await files.find(torrent, file);
  const served: ServedFile = {
    ...{ name, lengthBytes, tag: `${torrent}-${file}` },
    read: ({ end, signal, start }) => files.read({ torrent, file, start, end }, signal),
    ...(!mayWait && { refused: refuse }),
  };
  const closed = method === "HEAD" ? () => undefined : places.take();
  return { status: 200, body: { file: served, closed } };
}

async function playlist(
  { base, calls, linkExpires }: ServiceRequest,
  torrent: string,
  { links }: StreamParts,
): Promise<ServiceResponse> {
  const files = await calls.ask("files", torrent);
  // A playlist gives no longer time than its own link has.
  const expires = linkExpires ?? links.nextExpiry;
  const playable = await playableFiles(files);
  const entries = playable.map(({ file, name }) => ({
    name,
    url: base + links.make({ torrent, file }, expires),
  }));
  const headers = {
    "Content-Type": "application/vnd.apple.mpegurl",
    "Content-Disposition": `attachment; filename="${torrent}.m3u8"`,
  };
  return { status: 200, headers, body: playlistText(entries) };
}

/** A reading that failed before its first byte. */
function refuse(response: Parameters<NonNullable<ServedFile["refused"]>>[0], error: unknown): void {
  const { code, message } = asFault(error);
  const { body = "", headers, status } = streamError(new TroupeError(code, message));
  if (typeof body !== "string") throw new Error("bug: an error is text");
  response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

/** The state of a torrent or a file is in the way: 409, where no other status tells more. */
function streamError(error: TroupeError): ServiceResponse {
  const response = errorResponse(error);
  return response.status === 400 ? { ...response, status: 409 } : response;
}
