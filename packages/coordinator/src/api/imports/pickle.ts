// A reader of Python pickles that carries nothing out. It knows texts, numbers, lists, tuples, dictionaries, booleans, None
// and objects of classes that its caller names. Any other operation is refused.

import { TroupeError } from "@troupe/control";

/** Bytes of a pickle; a longer one is refused. Deluge's list has two KB a torrent. */
export const pickleLimitBytes: number = 64 * 1024 ** 2;

/** An object of a class that the caller knows. */
export class PickledObject {
  /** Its fields; set by the pickle. */
  fields: ReadonlyMap<PickledValue, PickledValue> = new Map();
  readonly className: string;

  constructor(className: string) {
    this.className = className;
  }
}

/** A class that the caller knows, before an object of it is made. */
class PickledClass {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A value of a pickle. A list or a dictionary may hold itself. */
export type PickledValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | PickledObject
  | PickledClass
  | PickledValue[]
  | Map<PickledValue, PickledValue>;

/** Operations by their byte. */
const operations: Readonly<Record<number, (reader: PickleReader) => void>> = {
  [code("(")]: (reader) => reader.mark(),
  [code(")")]: (reader) => reader.push([]),
  [code("]")]: (reader) => reader.push([]),
  [code("}")]: (reader) => reader.push(new Map()),
  [code("N")]: (reader) => reader.push(null),
  0x88: (reader) => reader.push(true),
  0x89: (reader) => reader.push(false),
  [code("K")]: (reader) => reader.push(reader.number(1)),
  [code("M")]: (reader) => reader.push(reader.number(2)),
  [code("J")]: (reader) => reader.push(reader.number(4) | 0),
  [code("G")]: (reader) => reader.push(reader.float()),
  0x8a: (reader) => reader.push(reader.long()),
  [code("X")]: (reader) => reader.push(reader.text(reader.number(4))),
  0x8c: (reader) => reader.push(reader.text(reader.number(1))),
  [code("T")]: (reader) => reader.push(reader.text(reader.number(4))),
  [code("U")]: (reader) => reader.push(reader.text(reader.number(1))),
  [code("B")]: (reader) => reader.push(reader.take(reader.number(4)).slice()),
  [code("C")]: (reader) => reader.push(reader.take(reader.number(1)).slice()),
  0x85: (reader) => reader.tuple(1),
  0x86: (reader) => reader.tuple(2),
  0x87: (reader) => reader.tuple(3),
  [code("t")]: (reader) => reader.push(reader.sinceMark()),
  [code("l")]: (reader) => reader.push(reader.sinceMark()),
  [code("a")]: (reader) => reader.append([reader.pop()]),
  [code("e")]: (reader) => reader.append(reader.sinceMark()),
  [code("s")]: (reader) => reader.setItems(reader.popped(2)),
  [code("u")]: (reader) => reader.setItems(reader.sinceMark()),
  [code("q")]: (reader) => reader.store(reader.number(1)),
  [code("r")]: (reader) => reader.store(reader.number(4)),
  0x94: (reader) => reader.storeNext(),
  [code("h")]: (reader) => reader.load(reader.number(1)),
  [code("j")]: (reader) => reader.load(reader.number(4)),
  [code("c")]: (reader) => reader.pushClass(`${reader.line()}.${reader.line()}`),
  0x93: (reader) => reader.pushNamedClass(),
  0x81: (reader) => reader.makeObject(),
  [code("b")]: (reader) => reader.build(),
  0x80: (reader) => void reader.number(1),
  0x95: (reader) => void reader.take(8),
};

const stop = code(".");

/**
 * Reads a pickle.
 *
 * @param classes Classes whose objects are read, as `module.name`.
 * @throws {TroupeError} `import-malformed`
 */
export function readPickle(bytes: Uint8Array, classes: ReadonlySet<string>): PickledValue {
  if (bytes.length > pickleLimitBytes)
    throw malformedPickle(`it has ${bytes.length} bytes, ${pickleLimitBytes} are allowed`);
  const reader = new PickleReader(bytes, classes);
  for (;;) {
    const operation = reader.number(1);
    if (operation === stop) return reader.pop();
    const act = operations[operation];
    if (act === undefined)
      throw malformedPickle(`the operation ${operation} at byte ${reader.at - 1} is not allowed`);
    act(reader);
  }
}

/** The stack of a pickle. Each operation takes at least a byte, so all of it is bounded by the input. */
class PickleReader {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #classes: ReadonlySet<string>;
  readonly #stack: PickledValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickledValue>();

  constructor(bytes: Uint8Array, classes: ReadonlySet<string>) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#classes = classes;
  }

  take(lengthBytes: number): Uint8Array {
    const end = this.at + lengthBytes;
    if (end > this.#bytes.length) throw malformedPickle("it was cut off");
    const taken = this.#bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  /** A whole number from 0. */
  number(lengthBytes: 1 | 2 | 4): number {
    const { at } = this;
    this.take(lengthBytes);
    if (lengthBytes === 1) return this.#view.getUint8(at);
    return lengthBytes === 2 ? this.#view.getUint16(at, true) : this.#view.getUint32(at, true);
  }

  float(): number {
    const { at } = this;
    this.take(8);
    return this.#view.getFloat64(at);
  }

  /** A number of at most eight bytes. */
  long(): number {
    const bytes = this.take(this.number(1));
    if (bytes.length > 8) throw malformedPickle("it has a number of more than eight bytes");
    const whole = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    return Number(BigInt.asIntN(8 * bytes.length, whole));
  }

  text(lengthBytes: number): string {
    return new TextDecoder().decode(this.take(lengthBytes));
  }

  line(): string {
    const end = this.#bytes.indexOf(10, this.at);
    if (end < 0) throw malformedPickle("it was cut off");
    const text = this.text(end - this.at);
    this.at += 1;
    return text;
  }

  push(value: PickledValue): void {
    this.#stack.push(value);
  }

  pop(): PickledValue {
    const value = this.#stack.pop();
    if (value === undefined || this.#stack.length < (this.#marks.at(-1) ?? 0))
      throw malformedPickle("it takes a value that is not there");
    return value;
  }

  /** The last values, in the order of their pushes. */
  popped(count: number): PickledValue[] {
    return Array.from({ length: count }, () => this.pop()).toReversed();
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  sinceMark(): PickledValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw malformedPickle("it takes a list that is not there");
    return this.#stack.splice(mark);
  }

  tuple(count: number): void {
    this.push(this.popped(count));
  }

  append(values: readonly PickledValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw malformedPickle("it adds to a value that is no list");
    for (const value of values) list.push(value);
  }

  setItems(values: readonly PickledValue[]): void {
    const map = this.#top();
    if (!(map instanceof Map) || values.length % 2 !== 0)
      throw malformedPickle("it sets a field of a value that has none");
    for (let at = 0; at < values.length; at += 2)
      map.set(values[at] ?? null, values[at + 1] ?? null);
  }

  store(name: number): void {
    this.#memo.set(name, this.#top());
  }

  storeNext(): void {
    this.store(this.#memo.size);
  }

  load(name: number): void {
    const value = this.#memo.get(name);
    if (value === undefined) throw malformedPickle("it takes a value that was not kept");
    this.push(value);
  }

  pushClass(name: string): void {
    if (!this.#classes.has(name))
      throw malformedPickle("it has an object of a class that is not allowed");
    this.push(new PickledClass(name));
  }

  pushNamedClass(): void {
    const [module, name] = this.popped(2);
    this.pushClass(
      typeof module === "string" && typeof name === "string" ? `${module}.${name}` : "",
    );
  }

  /** Arguments of the class are left out. */
  makeObject(): void {
    const [made] = this.popped(2);
    if (!(made instanceof PickledClass)) throw malformedPickle("it makes an object of no class");
    this.push(new PickledObject(made.name));
  }

  build(): void {
    const fields = this.pop();
    const made = this.#top();
    if (!(made instanceof PickledObject) || !(fields instanceof Map))
      throw malformedPickle("it sets the fields of a value that is no object");
    made.fields = fields;
  }

  #top(): PickledValue {
    const value = this.pop();
    this.push(value);
    return value;
  }
}

function code(character: string): number {
  return character.charCodeAt(0);
}

function malformedPickle(why: string): TroupeError {
  return new TroupeError("import-malformed", `cannot read the pickle: ${why}`);
}
