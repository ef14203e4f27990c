import type { AddTorrent, NamedPeer } from "@troupe/messages";

/** The bounds of a caller elsewhere that adds a torrent. */
export interface StrangerBounds {
  /**
   * Finds the folder that a path means.
   *
   * @returns The folder with its links resolved, to be used in place of the path.
   * @throws rejects with TroupeError `not-permitted` for a folder that the caller may not use.
   */
  readonly folder: (path: string) => Promise<string>;
}

/**
 * Bounds the request of a caller elsewhere. Its folders pass `folder`, also those that a group, the coordinator or an earlier
 * run has chosen.
 *
 * @throws rejects as `folder` does.
 */
export async function strangerRequest(
  request: AddTorrent,
  { folder }: StrangerBounds,
): Promise<AddTorrent> {
  const { moveTo } = request.settings;
  return {
    ...request,
    isFromStranger: true,
    directory: await folder(request.directory),
    ...(moveTo !== undefined && {
      settings: { ...request.settings, moveTo: await folder(moveTo) },
    }),
    peers: request.peers.map((peer): NamedPeer => ({ ...peer, isFromStranger: true })),
  };
}
