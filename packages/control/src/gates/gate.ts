// Gates: the values that a setting or an argument may have, as data. Interpreters beside this file check values by
// them, read words of a command line, write JSON Schema, and say what is allowed.

/** A range of numbers. */
type Range = {
  readonly min: number;
  readonly max: number;
};

/** True or false. */
type FlagGate = {
  readonly kind: "flag";
};

/** A whole number. */
type WholeGate = Range & {
  readonly kind: "whole";
  /** Infinity is allowed too: no bound. */
  readonly isEndless?: true;
};

/** A number above 0. */
type RatioGate = {
  readonly kind: "ratio";
  readonly max: number;
};

/** A number of 0 or more, with any fraction. */
type FigureGate = {
  readonly kind: "figure";
};

/** Bytes as a text in base64, with `=` at its end where needed. */
type Base64Gate = {
  readonly kind: "base64";
  /** Bytes, not characters. */
  readonly most: number;
};

/** Whole bytes. */
type BytesGate = Range & {
  readonly kind: "bytes";
};

/** Whole bytes a second; 0 is no limit. */
type RateGate = Range & {
  readonly kind: "rate";
};

/** A whole number of seconds, or of milliseconds. */
type DurationGate = Range & {
  readonly kind: "duration";
  readonly unit?: "ms";
};

/** One of several words. */
type WordGate<Word extends string = string> = {
  readonly kind: "word";
  readonly words: readonly Word[];
};

/** A text that a pattern describes. */
type TextGate = {
  readonly kind: "text";
  /** The source of a regular expression for the whole text. */
  readonly pattern: string;
  /** Values that the pattern allows, in words for errors. */
  readonly allowed: string;
};

/** A numeric IPv4 or IPv6 address. */
type AddressGate = {
  readonly kind: "address";
};

/** A numeric IPv4 or IPv6 address, with a port or without: `192.0.2.1:5353`, `[2001:db8::1]:5353`. */
type NameServerGate = {
  readonly kind: "name-server";
};

/** A path in the file system. */
type PathGate = {
  readonly kind: "path";
  readonly of: "file" | "folder";
};

/** An http or https URL without a user. */
type UrlGate = {
  readonly kind: "url";
};

/** The address of a proxy, perhaps with a password: errors do not show it. */
type ProxyGate = {
  readonly kind: "proxy";
};

/** Values that all pass the same gate. */
type ListGate<Item> = {
  readonly kind: "list";
  readonly of: Item;
  readonly least: number;
  readonly most: number;
};

/** An object with known fields. */
export type RecordGate<Fields, Required extends string> = {
  readonly kind: "record";
  readonly fields: Fields;
  readonly required: readonly Required[];
  /** Other fields are ignored, not refused. */
  readonly isOpen?: true;
  /** The fields are `host` and `port`; a command line has them as HOST:PORT. */
  readonly isEndpoint?: true;
};

/** An object whose names the user chooses, with a value for each name. */
type MapGate<Item> = {
  readonly kind: "map";
  readonly names: TextGate;
  readonly of: Item;
  readonly most: number;
};

/** A value that passes one of several gates. */
type EitherGate<Choice> = {
  readonly kind: "either";
  readonly of: readonly Choice[];
};

// Interfaces, because a gate has gates in it.
interface AnyList extends ListGate<Gate> {}
interface AnyRecord extends RecordGate<Readonly<Record<string, Gate>>, string> {}
interface AnyMap extends MapGate<Gate> {}
interface AnyEither extends EitherGate<Gate> {}

/** The values that a setting or an argument may have. */
export type Gate =
  | FlagGate
  | WholeGate
  | RatioGate
  | FigureGate
  | BytesGate
  | RateGate
  | DurationGate
  | WordGate
  | TextGate
  | Base64Gate
  | AddressGate
  | NameServerGate
  | PathGate
  | UrlGate
  | ProxyGate
  | AnyList
  | AnyRecord
  | AnyMap
  | AnyEither;

/** The values that pass a gate, as a type. */
export type ValueOf<Of> = Of extends FlagGate
  ? boolean
  : Of extends WholeGate | RatioGate | FigureGate | BytesGate | RateGate | DurationGate
    ? number
    : Of extends WordGate<infer Word>
      ? Word
      : Of extends
            | TextGate
            | Base64Gate
            | AddressGate
            | NameServerGate
            | PathGate
            | UrlGate
            | ProxyGate
        ? string
        : Of extends EitherGate<infer Choice>
          ? ChoiceOf<Choice>
          : Of extends ListGate<infer Item>
            ? readonly ValueOf<Item>[]
            : Of extends MapGate<infer Item>
              ? Readonly<Record<string, ValueOf<Item>>>
              : Of extends RecordGate<infer Fields, infer Required>
                ? RecordOf<Fields, Required>
                : never;

type ChoiceOf<Choice> = Choice extends unknown ? ValueOf<Choice> : never;

type RecordOf<Fields, Required extends string> = {
  readonly [Name in keyof Fields as Name extends Required ? Name : never]: ValueOf<Fields[Name]>;
} & {
  readonly [Name in keyof Fields as Name extends Required ? never : Name]?: ValueOf<Fields[Name]>;
};

/** True or false. */
export const flag: FlagGate = { kind: "flag" };

/** A numeric IPv4 or IPv6 address. */
export const address: AddressGate = { kind: "address" };

/** A numeric address, with a port or without. */
export const nameServer: NameServerGate = { kind: "name-server" };

/** An http or https URL without a user. */
export const url: UrlGate = { kind: "url" };

/** The address of a SOCKS 5 or HTTP proxy. */
export const proxyAddress: ProxyGate = { kind: "proxy" };

/** A whole number within bounds, both included. */
export function whole(
  min: number,
  max: number,
  more: Pick<WholeGate, "isEndless"> = {},
): WholeGate {
  return { kind: "whole", min, max, ...more };
}

/** A number above 0. */
export function ratio(max: number): RatioGate {
  return { kind: "ratio", max };
}

/** A number of 0 or more. */
export const figure: FigureGate = { kind: "figure" };

/** Bytes in base64. @param most Bytes. */
export function base64(most: number): Base64Gate {
  return { kind: "base64", most };
}

/** Whole bytes. */
export function bytes(min: number, max: number): BytesGate {
  return { kind: "bytes", min, max };
}

/** Whole bytes a second; 0 is no limit. */
export function rate(min: number, max: number): RateGate {
  return { kind: "rate", min, max };
}

/** Whole seconds, or milliseconds. */
export function duration(
  min: number,
  max: number,
  more: Pick<DurationGate, "unit"> = {},
): DurationGate {
  return { kind: "duration", min, max, ...more };
}

/** One of the words. */
export function word<const Word extends string>(...words: readonly Word[]): WordGate<Word> {
  return { kind: "word", words };
}

/** A text. @param pattern For the whole text. @param allowed What it allows, for errors. */
export function text(pattern: string, allowed: string): TextGate {
  return { kind: "text", pattern, allowed };
}

/** A path of the system. */
export function path(of: PathGate["of"]): PathGate {
  return { kind: "path", of };
}

/** A list of `most` values at most. */
export function list<const Item extends Gate>(of: Item, most: number, least = 0): ListGate<Item> {
  return { kind: "list", of, least, most };
}

/** An object. @param required The fields that are not optional. */
export function record<
  const Fields extends { readonly [Name in string]: Gate },
  const Required extends string = never,
>(fields: Fields, required: readonly Required[] = []): RecordGate<Fields, Required> {
  return { kind: "record", fields, required };
}

/** An object with at most `most` names, which pass the gate of a text. */
export function map<const Item extends Gate>(
  names: TextGate,
  of: Item,
  most: number,
): MapGate<Item> {
  return { kind: "map", names, of, most };
}

/** A value that passes one of the gates. */
export function either<const Choices extends readonly Gate[]>(
  ...of: Choices
): EitherGate<Choices[number]> {
  return { kind: "either", of };
}
