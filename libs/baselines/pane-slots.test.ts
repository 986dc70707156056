import { describe, expect, it } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { PaneSlots } from './pane-slots.ts';

describe('PaneSlots', () => {
  it('numbers panes as they come and orders them in the end', () => {
    const panes = new PaneSlots(10);
    expect([25, 20, -1, 29.9, -10, 30].map((time) => panes.add(time))).toEqual([0, 0, 1, 0, 1, 2]);
    expect(panes.finish()).toEqual({
      order: [1, 0, 2],
      paneStarts: Float64Array.of(-10, 20, 30),
      paneRows: Float64Array.of(2, 3, 1),
    });
  });

  it('refuses more panes than anyone can mean', () => {
    const panes = new PaneSlots(1);
    for (let time = 0; time < 250_000; time++) panes.add(time);
    expect(panes.add(0)).toBe(0);
    expect(() => panes.add(250_000)).toThrow(PlumblineError);
  });
});
