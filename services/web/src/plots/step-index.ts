const PAGE = 10;

/** Where a key leads on a row of `count` points; `undefined` for keys that do not move. */
export function stepIndex(
  key: string,
  position: { readonly index: number; readonly count: number },
): number | undefined {
  const { index, count } = position;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: index - 1,
    ArrowDown: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index + 1,
    PageUp: index - PAGE,
    PageDown: index + PAGE,
    Home: 0,
    End: count - 1,
  };
  const target = steps[key];
  if (target === undefined || count === 0) return undefined;
  return Math.min(count - 1, Math.max(0, target));
}
