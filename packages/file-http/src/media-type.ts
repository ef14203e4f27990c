import mime from "mime";

/** @returns The media type of a file by its name. */
export function mediaTypeOf(name: string): string {
  return mime.getType(name) ?? "application/octet-stream";
}
