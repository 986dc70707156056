#!/usr/bin/env node
import { describeError } from './describe-error.ts';
import { createInterruption } from './interruption.ts';
import { requireNode } from './version.ts';

// Before the rest is loaded, which takes a while: neither a signal nor an old Node.js may end in
// something that reads like a defect.
const interruption = createInterruption();
for (const stream of [process.stdout, process.stderr]) {
  // Whoever reads the output may stop reading (`| head`); that is no failure.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
try {
  requireNode(process.versions.node);
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(process.argv.slice(2), interruption);
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 2;
}
