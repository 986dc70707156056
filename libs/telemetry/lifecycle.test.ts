import { expect, test } from 'vitest';
import { createLifecycle, type LifecycleEvent } from './lifecycle.ts';

const EVENT: LifecycleEvent = { type: 'commit_conflict', namespace: 'default', stream: 's' };

test('all observers are told, in order, until they are removed', () => {
  const lifecycle = createLifecycle();
  const heard: string[] = [];
  const stop = lifecycle.observe(() => heard.push('first'));
  lifecycle.observe(() => heard.push('second'));
  lifecycle.emit(EVENT);
  stop();
  lifecycle.emit(EVENT);
  expect(heard).toEqual(['first', 'second', 'second']);
});

test('an observer that throws stops neither the pipeline nor the others', () => {
  const errors: unknown[] = [];
  const lifecycle = createLifecycle({
    onObserverError: (error, event) => errors.push([error, event]),
  });
  const failure = new Error('no room');
  const heard: LifecycleEvent[] = [];
  lifecycle.observe(() => {
    throw failure;
  });
  lifecycle.observe((event) => heard.push(event));
  expect(() => lifecycle.emit(EVENT)).not.toThrow();
  expect(heard).toEqual([EVENT]);
  expect(errors).toEqual([[failure, EVENT]]);
});

test('the same function may observe twice, and is removed once at a time', () => {
  const lifecycle = createLifecycle();
  let calls = 0;
  const observer = () => {
    calls += 1;
  };
  const stop = lifecycle.observe(observer);
  lifecycle.observe(observer);
  stop();
  stop();
  lifecycle.emit(EVENT);
  expect(calls).toBe(1);
});
