/** A line that is written over on a terminal; elsewhere nothing is shown until `say`. */
export interface Progress {
  update(line: string): void;
  /** Writes a line that stays. */
  say(line: string): void;
  done(): void;
}

const CLEAR_LINE = '\r\u001b[2K';

/** Shows progress on stderr, so that stdout stays for results. */
export function showProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  let shown = '';
  const clear = () => {
    if (shown !== '') stream.write(CLEAR_LINE);
    shown = '';
  };
  return {
    update(line) {
      if (!stream.isTTY || line === shown) return;
      clear();
      shown = line.slice(0, Math.max(20, stream.columns - 1));
      stream.write(shown);
    },
    say(line) {
      const kept = shown;
      clear();
      stream.write(`${line}\n`);
      if (kept !== '') this.update(kept);
    },
    done: clear,
  };
}
