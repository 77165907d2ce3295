// The official validator of AMP e-mails, without network: its loader fetches the rules unless it is given a file.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import loader from 'amphtml-validator';

/**
 * The validator as the AMP project builds it. The package of that name holds the loader alone; Next.js 15 ships the
 * file. Undefined where neither it nor SKEP_AMP_VALIDATOR, a path to the file, is there.
 */
function validatorFile(): string | undefined {
  const given = process.env['SKEP_AMP_VALIDATOR'];
  if (given) return given;
  try {
    const file = createRequire(import.meta.url).resolve(
      'next/dist/compiled/amphtml-validator/validator_wasm.js',
    );
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** A function that lists the errors of an AMP e-mail, each with the text around it; undefined without the validator. */
export async function ampValidator(): Promise<((html: string) => string[]) | undefined> {
  const file = validatorFile();
  if (file === undefined) return undefined;
  const validator = await loader.getInstance(file);
  await validator.init?.();
  return (html) =>
    validator
      .validateString(html, 'AMP4EMAIL')
      .errors.filter(({ severity }) => severity === 'ERROR')
      .map(({ message, line, col }) => {
        const text = html.split('\n')[line - 1] ?? '';
        return `${message} at: ${text.slice(Math.max(0, col - 80), col + 120)}`;
      });
}
