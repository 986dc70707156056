import type { ComponentChildren } from 'preact';

/** A state of the page in words: loading, empty, or a problem. */
export function Notice(props: {
  readonly tone: 'plain' | 'problem';
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${props.tone}`} role={props.tone === 'problem' ? 'alert' : 'status'}>
      <strong>{props.title}</strong>
      <span>{props.children}</span>
    </div>
  );
}
