#!/usr/bin/env node
// Plain JavaScript of 2020: a Node.js that cannot read the TypeScript sources must still say so.
if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import('./main.ts');
} else {
  process.stderr.write(
    `PLB_RUNTIME_UNSUPPORTED Cannot run on Node.js ${process.versions.node}: it must be 24 or newer\n` +
      '  fix: run through npm (`npm start`, `npx plumbline`), which uses the Node.js that `npm ci` installed; if it is missing, allow the install script of the package `node` and run `npm ci` again\n',
  );
  process.exitCode = 2;
}
