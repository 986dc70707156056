import { writeFileSync } from 'node:fs';
import { CATALOGUE } from './catalogue.ts';

/** Where the rendered catalogue is kept. */
export const ERRORS_DOCUMENT = new URL('../../docs/errors.md', import.meta.url);

/** The catalogue of errors as Markdown, by code. */
export function renderErrors(): string {
  const rows = Object.entries(CATALOGUE).map(
    ([code, { status, retry, summary }]) =>
      `| \`${code}\` | ${status} | ${retry ? 'yes' : 'no'} | ${summary.replaceAll('|', '\\|')} |`,
  );
  return `# Errors

Every error that Plumbline shows has a code. The command line prints it with the message; the API
answers \`application/problem+json\` (RFC 9457), where \`type\` is \`urn:plumbline:error:\` and the code:

\`\`\`json
{
  "type": "urn:plumbline:error:PLB_QUERY_INVALID",
  "title": "${CATALOGUE.PLB_QUERY_INVALID.summary}",
  "status": ${CATALOGUE.PLB_QUERY_INVALID.status},
  "detail": "Cannot read the query: limit must be >= 1, got 0.",
  "code": "PLB_QUERY_INVALID",
  "retry": ${CATALOGUE.PLB_QUERY_INVALID.retry},
  "path": "limit"
}
\`\`\`

\`detail\` says what happened, \`path\` where, \`fix\` what to do about it; \`retry\` says whether the same
call may succeed later. From status 500 on, \`request_id\` finds the details in the log.

| code | HTTP status | retry | meaning |
|---|---|---|---|
${rows.join('\n')}

This page is written by \`node libs/errors/render-errors.ts\`.
`;
}

if (import.meta.main) writeFileSync(ERRORS_DOCUMENT, renderErrors());
