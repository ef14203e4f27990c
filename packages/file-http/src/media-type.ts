import mime from "mime";

/** @returns The media type of a file by its name. */
export function mediaTypeOf(name: string): string {
  return mime.getType(name) ?? "application/octet-stream";
}

/** Whether a player takes a file of this name: it has sound or moving pictures. A playlist is none. */
export function isPlayable(name: string): boolean {
  const type = mediaTypeOf(name);
  return /^(?:audio|video)\//.test(type) && !type.includes("mpegurl");
}
