// The official validator of AMP e-mails, without network: its loader fetches the rules unless it is given a file.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import loader from 'amphtml-validator';

/** Where `npm run amp-validator` puts the code. */
const FILE = fileURLToPath(new URL('../../.cache/amp-validator.js', import.meta.url));

/** A function that lists the errors of an AMP e-mail, each with the text around it; undefined without the code. */
export async function ampValidator(): Promise<((html: string) => string[]) | undefined> {
  if (!existsSync(FILE)) return undefined;
  const validator = await loader.getInstance(FILE);
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
