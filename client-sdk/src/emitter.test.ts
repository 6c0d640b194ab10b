import { afterEach, expect, test, vi } from 'vitest';
import { Emitter } from './emitter.ts';

interface Events {
  word: string;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('tells every listener, in the order in which they came', () => {
  const emitter = new Emitter<Events>();
  const heard: string[] = [];
  emitter.on('word', (word) => heard.push(`first ${word}`));
  emitter.on('word', (word) => heard.push(`second ${word}`));
  emitter.emit('word', 'hello');
  expect(heard).toEqual(['first hello', 'second hello']);
});

test('one function may subscribe twice, and each unsubscribe ends one subscription', () => {
  const emitter = new Emitter<Events>();
  const listener = vi.fn();
  const stop = emitter.on('word', listener);
  emitter.on('word', listener);
  stop();
  stop();
  emitter.emit('word', 'hello');
  expect(listener).toHaveBeenCalledTimes(1);
});

// Seen red: the exception went up through `emit`, and the second listener heard nothing.
test('a listener that throws stops no other, and its error is reported as uncaught', () => {
  const reported: (() => void)[] = [];
  vi.stubGlobal('queueMicrotask', (run: () => void) => reported.push(run));
  const emitter = new Emitter<Events>();
  const heard: string[] = [];
  emitter.on('word', () => {
    throw new Error('listener');
  });
  emitter.on('word', (word) => heard.push(word));
  emitter.emit('word', 'hello');
  expect(heard).toEqual(['hello']);
  expect(() => reported.forEach((run) => run())).toThrow('listener');
});

// Seen red: the round went on over a copy, so that a listener was called after it had been removed.
test('a listener that is removed in mid round hears nothing any more; one that is added hears the next', () => {
  const emitter = new Emitter<Events>();
  const heard: string[] = [];
  emitter.on('word', () => {
    stop();
    emitter.on('word', (word) => heard.push(`new ${word}`));
  });
  const stop = emitter.on('word', (word) => heard.push(`removed ${word}`));
  emitter.emit('word', 'one');
  expect(heard).toEqual([]);
  emitter.emit('word', 'two');
  expect(heard).toEqual(['new two']);
});
