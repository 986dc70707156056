const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that no XML document may hold, and those that a reader would not see. */
const UNUSABLE = /[\p{Cc}\p{Cf}\uFFFE\uFFFF]/gu;

/**
 * Any text as content or attribute of XML and HTML: markup escaped, control characters (line breaks
 * too) as a middle dot, halves of surrogate pairs replaced.
 */
export function escapeMarkup(text: string): string {
  return text
    .toWellFormed()
    .replace(UNUSABLE, '·')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
