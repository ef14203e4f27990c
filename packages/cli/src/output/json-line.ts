// Types of the lines of `--json`: an event that the table lacks, or other fields than the table has, do not compile.

import type { JsonEvent, WrittenField } from "./json-events.ts";

/** A field without a value is left out: it is not undefined. */
type JsonValue = string | number | boolean | object | null;
/** Every line has them; fields of these names are overridden. */
type HeadField = "event" | "time" | "infoHash";

/** The fields of an event; of several events, those of any. */
export type JsonFields<Name extends JsonEvent> = Name extends JsonEvent
  ? {
      readonly [
        Field in WrittenField<Name> as Field extends `${string}?` ? never : Field
      ]: JsonValue;
    } & {
      readonly [
        Field in WrittenField<Name> as Field extends `${infer Bare}?` ? Bare : never
      ]?: JsonValue;
    }
  : never;

/** `Given` without fields that the event lacks: also of a value whose type has more of them. */
export type ExactFields<Name extends JsonEvent, Given> = JsonFields<Name> & {
  readonly [Field in Exclude<keyof Given, keyof JsonFields<Name> | HeadField>]: never;
};

/** A line before it has its time. */
interface JsonLine<Name extends JsonEvent> {
  readonly event: Name;
  /** 40 hex digits, or null for the whole engine. */
  readonly infoHash: string | null;
  readonly fields: JsonFields<Name>;
}

/** A line of any event. */
export type AnyJsonLine = { readonly [Name in JsonEvent]: JsonLine<Name> }[JsonEvent];

/** A line with the fields of its event. @param infoHash 40 hex digits, or null for the whole engine. */
export function jsonLine<Name extends JsonEvent, Fields extends JsonFields<Name>>(
  event: Name,
  infoHash: string | null,
  fields: Fields & ExactFields<Name, Fields>,
): JsonLine<Name> {
  return { event, infoHash, fields };
}
