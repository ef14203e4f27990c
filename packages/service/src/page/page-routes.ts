// Routes of the page's files. They need no login; the calls of the page do.

import { openerPolicy } from "../guard/response-headers.ts";
import type { Route, ServiceRequest, ServiceResponse } from "../routes/route.ts";
import { jsonResponse } from "../routes/route.ts";
import { pageFiles, readBuiltPage, type BuiltPage, type PageFile } from "./page-files.ts";

/** A browser asks again before it uses a copy: an update of the service is seen at once. */
const cacheControl = "no-cache";

/** The routes. @param read Called at the first request, and again after it has failed. */
export function pageRoutes(read: () => Promise<BuiltPage> = readBuiltPage): readonly Route[] {
  let built: Promise<BuiltPage> | undefined;
  const page = async (): Promise<BuiltPage | undefined> => {
    const reading = (built ??= read());
    try {
      return await reading;
    } catch {
      built = undefined;
      return undefined;
    }
  };
  const files = pageFiles.map((file): Route => ({
    ...openPage,
    path: file.path,
    answer: async (request) => fileResponse(request, file, await page()),
  }));
  return [...files, toFolder];
}

const openPage = { method: "GET", body: "none", isOpen: true, isPage: true } as const;

/** The base path without its last `/`, from which the page's relative addresses would lead elsewhere. */
const toFolder: Route = {
  ...openPage,
  path: "",
  answer: ({ base }) => ({ status: 308, headers: { Location: `${new URL(base).pathname}/` } }),
};

function fileResponse(
  { base, header }: Pick<ServiceRequest, "base" | "header">,
  { file, type }: PageFile,
  page: BuiltPage | undefined,
): ServiceResponse {
  const found = page?.get(file);
  if (found === undefined) return notBuilt;
  const { gzip, plain, tag } = found;
  const fields = {
    ...(isTrustworthy(base) && openerPolicy),
    ...{ "Cache-Control": cacheControl, ETag: tag, Vary: "Accept-Encoding" },
  };
  if (
    header("if-none-match")
      ?.split(",")
      .some((each) => each.trim() === tag) === true
  )
    return { status: 304, headers: fields };
  const takesGzip = /(?:^|,)\s*gzip\s*(?:,|$)/.test(header("accept-encoding") ?? "");
  const encoding: Readonly<Record<string, string>> = takesGzip
    ? { "Content-Encoding": "gzip" }
    : {};
  const headers = { "Content-Type": type, ...fields, ...encoding };
  return { status: 200, headers, body: takesGzip ? gzip : plain };
}

/** Browsers call the origin potentially trustworthy: TLS, or this machine. */
function isTrustworthy(base: string): boolean {
  const { hostname, protocol } = new URL(base);
  return protocol === "https:" || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

const notBuilt = jsonResponse(
  {
    error: {
      code: "page-not-built",
      message:
        "there is no page: its files are not beside the program; `pnpm run prepare` makes them",
    },
  },
  404,
);
