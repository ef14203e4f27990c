import test from "ava";
import { LiveDisplay } from "../../src/display/live-display.ts";
import { FakeTerminal } from "../support/fake-terminal.ts";

test("each frame replaces the one before, at any height", (t) => {
  const terminal = new FakeTerminal(20, 6);
  const display = new LiveDisplay(terminal);
  display.draw(["one", "two"]);
  t.deepEqual(terminal.shown, ["one", "two"]);
  display.draw(["1", "2", "3"]);
  t.deepEqual(terminal.shown, ["1", "2", "3"]);
  display.draw(["last"]);
  t.deepEqual(terminal.shown, ["last"]);
});

test("a printed line stays above the frame", (t) => {
  const terminal = new FakeTerminal(20, 6);
  const display = new LiveDisplay(terminal);
  display.draw(["frame"]);
  display.printAbove("first");
  display.printAbove("second");
  display.draw(["new frame"]);
  t.deepEqual(terminal.shown, ["first", "second", "new frame"]);
});

test("lines that scroll away do not confuse the next frame", (t) => {
  const terminal = new FakeTerminal(20, 4);
  const display = new LiveDisplay(terminal);
  display.draw(["a", "b"]);
  for (const line of ["1", "2", "3", "4", "5"]) display.printAbove(line);
  display.draw(["A", "B"]);
  t.deepEqual(terminal.shown, ["5", "A", "B"]);
});

test("a frame that a narrower terminal wraps is erased", (t) => {
  const terminal = new FakeTerminal(20, 8);
  const display = new LiveDisplay(terminal);
  display.draw(["0123456789abcdefghi", "short"]);
  terminal.resize(10);
  display.draw(["narrow", "frame"]);
  t.deepEqual(terminal.shown, ["narrow", "frame"]);
});

test("erasing leaves nothing of the frame", (t) => {
  const terminal = new FakeTerminal(20, 6);
  const display = new LiveDisplay(terminal);
  display.draw(["one", "two"]);
  display.erase();
  t.deepEqual(terminal.shown, []);
});

test("the cursor is hidden while frames are drawn, and shown again once", (t) => {
  const terminal = new FakeTerminal(20, 6);
  const display = new LiveDisplay(terminal);
  display.showCursor();
  t.is(terminal.written, "");
  display.draw(["frame"]);
  display.draw(["frame"]);
  t.false(terminal.cursorIsVisible);
  display.showCursor();
  display.showCursor();
  t.true(terminal.cursorIsVisible);
  t.is(terminal.written.split("\u001b[?25h").length, 2);
});

test("a frame is one column narrower than the terminal and leaves room for printed lines", (t) => {
  const display = new LiveDisplay(new FakeTerminal(80, 24));
  t.is(display.columns, 79);
  t.is(display.rows, 20);
  t.is(new LiveDisplay(new FakeTerminal(80, 6)).rows, 4, "less of it on a small terminal");
});

test("a terminal of the size 0 × 0 counts as 80 × 24", (t) => {
  const display = new LiveDisplay(new FakeTerminal(0, 0));
  t.deepEqual([display.columns, display.rows], [79, 20]);
});

test("the last printed lines stay above a frame of full height, and after it is erased", (t) => {
  const terminal = new FakeTerminal(20, 24);
  const display = new LiveDisplay(terminal);
  const frame = Array.from({ length: display.rows }, (_, row) => `row ${row}`);
  display.draw(frame);
  display.printAbove("stopped at 5 %");
  t.deepEqual(terminal.shown, ["stopped at 5 %", ...frame]);
  display.erase();
  t.deepEqual(terminal.shown, ["stopped at 5 %"]);
});

test("a terminal that does not read gets no frames until it reads again", (t) => {
  const terminal = Object.assign(new FakeTerminal(20, 24), { writableLength: 0 });
  const display = new LiveDisplay(terminal);
  display.draw(["one"]);
  terminal.writableLength = 100_000;
  display.draw(["two"]);
  t.deepEqual(terminal.shown, ["one"]);
  terminal.writableLength = 0;
  display.draw(["three"]);
  t.deepEqual(terminal.shown, ["three"]);
});
