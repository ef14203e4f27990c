// The parameters of a request: of its query for GET, of its form for POST.

import { spelled, TroupeError } from "@troupe/control";
import type { Part } from "../guard/multipart-body.ts";
import type { RequestBody, ServiceRequest } from "../routes/route.ts";

const decoder = new TextDecoder();

/** The parameters of a request by name. Of a name that comes twice the last value counts, as in qBittorrent. */
export class RequestFields {
  readonly #values: ReadonlyMap<string, string>;
  /** The files of a form, whatever the names of their parts are. */
  readonly files: readonly Part[];

  constructor({ method, query, body }: Pick<ServiceRequest, "body" | "method" | "query">) {
    this.#values = new Map(method === "GET" ? query : valuesOf(body));
    this.files = body.kind === "multipart" ? body.parts.filter(isFile) : [];
  }

  /** @returns Undefined without the parameter. */
  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** @throws TroupeError `parameter-missing` */
  required(name: string): string {
    const value = this.text(name);
    if (value !== undefined) return value;
    throw new TroupeError("parameter-missing", `the parameter ${name} is missing`);
  }

  /** @returns Undefined for other values than `true` and `false`. */
  flag(name: string): boolean | undefined {
    const value = this.text(name)?.toLowerCase();
    return value === "true" ? true : value === "false" ? false : undefined;
  }

  /** @returns Undefined for a value that is no whole number of 15 digits at most. */
  whole(name: string): number | undefined {
    return wholeOf(this.text(name) ?? "");
  }

  /** @throws TroupeError `parameter-missing`, `parameter-wrong` */
  requiredWhole(name: string): number {
    const value = this.required(name);
    return wholeOf(value) ?? refuseNumber(name, value);
  }

  /** @returns Undefined for a value that is no number. */
  number(name: string): number | undefined {
    return numberOf(this.text(name) ?? "");
  }

  /** @throws TroupeError `parameter-missing`, `parameter-wrong` */
  requiredNumber(name: string): number {
    const value = this.required(name);
    return numberOf(value) ?? refuseNumber(name, value);
  }
}

/** Reads a whole number of 15 digits at most. */
export function wholeOf(text: string): number | undefined {
  return /^\s*[+-]?\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
}

/** The parts of a text between separators, without spaces around them; empty ones are left out. */
export function partsOf(text: string, separator: string): readonly string[] {
  const parts = text.split(separator).map((part) => part.trim());
  return parts.filter((part) => part !== "");
}

function numberOf(text: string): number | undefined {
  return /^\s*[+-]?\d{1,15}(?:\.\d{0,20})?\s*$/.test(text) ? Number(text) : undefined;
}

function refuseNumber(name: string, seen: string): never {
  throw new TroupeError(
    "parameter-wrong",
    `the parameter ${name} is ${spelled(seen)}; allowed is a number`,
  );
}

function valuesOf(body: RequestBody): Iterable<readonly [string, string]> {
  switch (body.kind) {
    case "form":
      return body.fields;
    case "multipart":
      return body.parts
        .filter((part) => part.fileName === undefined)
        .map(({ name, bytes }) => [name, decoder.decode(bytes)] as const);
    default:
      return [];
  }
}

/** A browser sends a part without a name and bytes for a file that was not chosen. */
function isFile({ fileName, bytes }: Part): boolean {
  return fileName !== undefined && (fileName !== "" || bytes.length > 0);
}
