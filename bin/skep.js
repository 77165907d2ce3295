#!/usr/bin/env node
// Starts the command line with a Node that is new enough: this one, or the one that npm installed beside Skep.
import { program } from './sources.js';

const module = process.getBuiltinModule('node:module');
const { existsSync } = process.getBuiltinModule('node:fs');
const { fileURLToPath } = process.getBuiltinModule('node:url');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const root = fileURLToPath(new URL('..', import.meta.url));
const bundled = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

if (major > 24 || (major === 24 && minor >= 11)) {
  // Compiled code is kept between starts, which saves time and memory.
  module.enableCompileCache();
  await import(program(root));
  // At once it would be part of the start, and only at the end a killed server would leave nothing for the next one.
  setTimeout(() => module.flushCompileCache(), 10_000).unref();
} else if (existsSync(bundled)) {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const args = [program(root), ...process.argv.slice(2)];
  const child = spawn(bundled, args, { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('exit', (code) => (process.exitCode = code ?? 1));
} else {
  process.stderr.write(`Skep needs Node 24.11 or newer; this is ${process.versions.node}.\n`);
  process.exitCode = 1;
}
