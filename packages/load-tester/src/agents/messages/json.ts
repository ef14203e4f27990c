// JSON on the message server.

import { ShapeError, type Shape } from "../../json/shape.ts";
import { messageBytes } from "../limits.ts";

/** Parses JSON of bounded length and checks it. @throws ShapeError */
export function readJson<Value>(bytes: Uint8Array, most: number, shape: Shape<Value>): Value {
  if (bytes.length > most) {
    throw new ShapeError(`it has ${bytes.length} bytes, allowed are ${most}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ShapeError("it is no JSON");
  }
  return shape(value, "");
}

/** A message that does not pass its gate is dropped: every program that reaches the server can send one. */
export function readMessage<Value>(bytes: Uint8Array, shape: Shape<Value>): Value | undefined {
  try {
    return readJson(bytes, messageBytes, shape);
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
}

/** JSON as bytes. */
export function toJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
