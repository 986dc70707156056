/** A file that a page shows and its commands read. */
interface FileStep {
  readonly kind: 'file';
  readonly name: string;
  readonly text: string;
}

/** A command of a page with what the page says about its outcome. */
export interface CommandStep {
  readonly kind: 'command';
  readonly line: number;
  readonly command: string;
  readonly exitCode: number;
  /** Output as stated, `…` for what was left out. */
  readonly stated: string;
  /** Goes on running until the end of the page. */
  readonly server: boolean;
}

export type PageStep = FileStep | CommandStep;

const FENCE = /^```(.*)$/;
const EXIT_CODE = /\s+# exit (\d+)$/;

/**
 * What a page asks to be done, in its order: blocks with `file=NAME` after their language, and
 * `console run` blocks (`console run server`: the last command is left running).
 */
export function pageSteps(markdown: string): readonly PageStep[] {
  const steps: PageStep[] = [];
  const lines = markdown.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const opening = FENCE.exec(lines[at]!)?.[1];
    if (opening === undefined) continue;
    const begin = at + 1;
    at = lines.indexOf('```', begin);
    if (at === -1) throw new Error(`The block in line ${begin} has no end`);
    const [, ...words] = opening.split(' ');
    const name = words.find((word) => word.startsWith('file='))?.slice('file='.length);
    const content = lines.slice(begin, at);
    if (name !== undefined) {
      steps.push({ kind: 'file', name, text: `${content.join('\n')}\n` });
    } else if (words.includes('run')) {
      steps.push(...commandSteps(content, { begin, server: words.includes('server') }));
    }
  }
  return steps;
}

function commandSteps(
  content: readonly string[],
  { begin, server }: { readonly begin: number; readonly server: boolean },
): CommandStep[] {
  const starts = content.flatMap((line, at) => (line.startsWith('$ ') ? [at] : []));
  if (starts[0] !== 0) throw new Error(`The block in line ${begin} must begin with a command: $ …`);
  return starts.map((start, i) => {
    let end = start + 1;
    while (content[end - 1]!.endsWith('\\')) end++;
    const command = content.slice(start, end).join('\n').slice(2);
    return {
      kind: 'command',
      line: begin + start + 1,
      command: command.replace(EXIT_CODE, ''),
      exitCode: Number(EXIT_CODE.exec(command)?.[1] ?? 0),
      stated: content.slice(end, starts[i + 1]).join('\n'),
      server: server && i === starts.length - 1,
    };
  });
}
