/**
 * The first piece of stated output that real output lacks; `null` when all of it is there.
 *
 * Pieces are what stands between line ends and `…`. Each must come after the one before it, and
 * white space does not count: a page may indent an answer that the server sends on one line.
 */
export function missingPiece(stated: string, output: string): string | null {
  const real = withoutSpace(output);
  let from = 0;
  for (const piece of stated.split(/…|\n/)) {
    const wanted = withoutSpace(piece);
    const at = real.indexOf(wanted, from);
    if (at === -1) return piece;
    from = at + wanted.length;
  }
  return null;
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '');
}
