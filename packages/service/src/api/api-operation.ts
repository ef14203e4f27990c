// The operations of the own API: each is a route, and an entry of the OpenAPI document.

import type { ArgumentRow, JsonSchema } from "@troupe/control";
import type { Route, ServiceRequest } from "../routes/route.ts";

/** The path that all operations begin with. */
export const apiPrefix = "/api/v1";

/** Parameters of a query by their names. */
export type QueryRows = Readonly<Record<string, ArgumentRow>>;

/** An operation of the API. */
export interface ApiOperation {
  readonly method: Route["method"];
  /** Begins with {@link apiPrefix}; `:torrent` stands for an info-hash. */
  readonly path: string;
  /** The name of the operation in the OpenAPI document. */
  readonly id: string;
  /** A sentence. */
  readonly text: string;
  /** The right that a caller needs; `open`: none. */
  readonly right: "open" | "read" | "control" | "local";
  /** The answer depends on the caller; a caller that is not known gets an answer, too. Default false. */
  readonly takesUnknown?: true;
  /** The bound of the body. */
  readonly body: Route["body"];
  /** The schema of the body, a JSON object. Absent: no body. */
  readonly arguments?: () => JsonSchema;
  readonly query?: QueryRows;
  /** Codes, besides those of wrong arguments. */
  readonly errors: readonly string[];
  /** The schema of the body of a response with the status 200. */
  readonly result: () => JsonSchema;
  /** The type of that body. Default `application/json`. */
  readonly mediaType?: string;
  readonly answer: Route["answer"];
}

/** The segment in the path of a request that names a torrent or a feed: the second one behind {@link apiPrefix}. */
export function segmentIn({ path }: Pick<ServiceRequest, "path">): string {
  return path.slice(apiPrefix.length).split("/")[2] ?? "";
}
