/** Which window is looked at, with steps to its neighbours; the newest one is followed live. */
export function WindowPicker(props: {
  readonly label: string;
  readonly index: number;
  readonly count: number;
  readonly following: boolean;
  readonly onSelect: (index: number) => void;
}) {
  const { index, count, onSelect } = props;
  return (
    <div class="window-picker">
      <p>
        <span class="quiet">Window</span> <strong>{props.label}</strong>{' '}
        <span class="quiet">UTC{props.following ? ', newest' : ''}</span>
      </p>
      <fieldset class="buttons" aria-label="Choose a window">
        <button type="button" disabled={index <= 0} onClick={() => onSelect(index - 1)}>
          ‹ Earlier
        </button>
        <button
          type="button"
          disabled={index < 0 || index >= count - 1}
          onClick={() => onSelect(index + 1)}
        >
          Later ›
        </button>
        <button type="button" disabled={props.following} onClick={() => onSelect(count - 1)}>
          Newest »
        </button>
      </fieldset>
    </div>
  );
}
