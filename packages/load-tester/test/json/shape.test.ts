import test from "ava";
import fc from "fast-check";
import {
  boolean,
  line,
  list,
  number,
  object,
  optional,
  pair,
  record,
  ShapeError,
  text,
  variant,
  whole,
  word,
  type Shape,
} from "../../src/json/shape.ts";

const pet = variant("kind", {
  cat: object({ kind: word(["cat"]), lives: whole(1, 9) }),
  dog: object({ kind: word(["dog"]) }),
});
const house = object({
  street: line(20),
  key: text(3),
  isOld: boolean,
  heated: optional(number(-1, 40)),
  place: pair(whole(0, 9), whole(0, 9)),
  pets: record(list(pet, 2), 2),
});

const plain = {
  street: "Elm",
  key: "abc",
  isOld: true,
  heated: 20.5,
  place: [1, 2],
  pets: { ann: [{ kind: "cat", lives: 9 }], bob: [{ kind: "dog" }, { kind: "dog" }] },
};

test("a value of its shape is copied, without keys that the shape lacks", (t) => {
  const copy: unknown = house({ ...plain, roof: 1 }, "");
  t.deepEqual(copy, plain);
  t.is(house({ ...plain, heated: null }, "").heated, undefined);
});

for (const [changes, message] of [
  [{ key: "abcd" }, 'key is "abcd", allowed is a text of at most 3 characters'],
  [{ isOld: 1 }, "isOld is 1, allowed is true or false"],
  [{ heated: 41 }, "heated is 41, allowed is a number from -1 to 40"],
  [{ place: [1] }, "place is a list of 1, allowed is a pair"],
  [{ place: [1, 2.5] }, "place[1] is 2.5, allowed is a whole number from 0 to 9"],
  [{ pets: [] }, "pets is a list of 0, allowed is an object"],
  [
    { pets: { a: [], b: [], c: [] } },
    "pets is an object, allowed is an object of at most 2 entries",
  ],
  [{ pets: { ann: [{}, {}, {}] } }, "pets.ann is a list of 3, allowed is a list of at most 2"],
  [{ pets: { ann: [{ kind: "cow" }] } }, 'pets.ann[0].kind is "cow", allowed is one of cat, dog'],
  [
    { pets: { ann: [{ kind: "cat", lives: 0 }] } },
    "pets.ann[0].lives is 0, allowed is a whole number from 1 to 9",
  ],
] as const) {
  test(`a value is refused where ${message}`, (t) => {
    t.throws(() => house({ ...plain, ...changes }, ""), { instanceOf: ShapeError, message });
  });
}

test("lines and names are clean, and names from outside are keys like others", (t) => {
  t.is(house({ ...plain, street: "\u001B[31mElm" }, "").street, "[31mElm");
  const pets = JSON.parse('{"__proto__": [{"kind": "dog"}]}') as unknown;
  t.deepEqual(Object.entries(house({ ...plain, pets }, "").pets), [
    ["__proto__", [{ kind: "dog" }]],
  ]);
});

test("a shape throws nothing but its own error, whatever value comes", (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(plain)), (value, key) => {
      for (const candidate of [value, { ...plain, [key]: value }]) tryShape(house, candidate);
    }),
  );
  t.pass();
});

function tryShape(shape: Shape<unknown>, value: unknown): void {
  try {
    shape(value, "");
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
  }
}
