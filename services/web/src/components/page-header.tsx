import type { Connection } from '../api/events.ts';

const CONNECTION_WORDS: Readonly<Record<Connection, string>> = {
  connecting: 'Connecting…',
  open: 'Live updates on',
  lost: 'Connection lost, retrying',
};

export function PageHeader(props: { readonly connection: Connection }) {
  return (
    <header class="page-header">
      <a class="brand" href="#/">
        <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
          <path class="brand-line" d="M16 2v14" />
          <path class="brand-bob" d="M10 15h12l-1.5 7L16 30l-4.5-8z" />
        </svg>
        <h1>Plumbline</h1>
      </a>
      <p class="tagline">How far live data leans away from its baseline</p>
      <p class={`connection connection-${props.connection}`} role="status">
        {CONNECTION_WORDS[props.connection]}
      </p>
    </header>
  );
}
