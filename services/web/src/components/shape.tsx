import type { VerdictLook } from '../format/verdict.ts';

const PATHS: Readonly<Record<VerdictLook['shape'], string>> = {
  disc: 'M6 1.2a4.8 4.8 0 1 1 0 9.6a4.8 4.8 0 1 1 0-9.6z',
  triangle: 'M6 .6L11.6 10.8H.4z',
  square: 'M1.2 1.2h9.6v9.6H1.2z',
  ring: 'M6 2.2a3.8 3.8 0 1 1 0 7.6a3.8 3.8 0 1 1 0-7.6z',
  bar: 'M1 4.4h10v3.2H1z',
};

/** The shape of a state, so that it is told apart without colour. */
export function Shape(props: { readonly shape: VerdictLook['shape'] }) {
  return (
    <svg class={`shape shape-${props.shape}`} viewBox="0 0 12 12" aria-hidden="true">
      <path d={PATHS[props.shape]} />
    </svg>
  );
}
