import type { ServiceResponse } from "../../src/routes/route.ts";

/** The text of a body. @throws {Error} for a body that is none. */
export function textOf({ body }: Pick<ServiceResponse, "body">): string {
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  throw new Error("the body is no text");
}
