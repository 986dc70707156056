import { useEffect, useState } from 'preact/hooks';

/** Colours of the page's theme for what is drawn on a canvas. */
export interface Colours {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  readonly baseline: string;
  readonly ok: string;
  readonly warning: string;
  readonly critical: string;
}

function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour('text'),
    muted: colour('muted'),
    line: colour('line'),
    surface: colour('surface'),
    accent: colour('accent'),
    baseline: colour('baseline'),
    ok: colour('ok'),
    warning: colour('warning'),
    critical: colour('critical'),
  };
}

/** The theme's colours, read again when the reader switches between light and dark. */
export function useColours(): Colours {
  const [colours, setColours] = useState(readColours);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => setColours(readColours());
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, []);
  return colours;
}
