import { useEffect, useState } from 'preact/hooks';
import { parseRoute, type Selection } from '../state/route.ts';

/** The selection that the address names, following its changes. */
export function useRoute(): Selection | null {
  const [selection, setSelection] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const follow = (): void => setSelection(parseRoute(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return selection;
}
