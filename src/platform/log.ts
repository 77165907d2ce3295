// Logs: one line an event, to standard error, with secrets masked whatever is handed in.
import pino from 'pino';
import { maskSecrets, redact } from './redact.ts';

export { maskSecrets, safeUrl } from './redact.ts';
export type Logger = pino.Logger;

export interface LogOptions {
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** `json` for machines, `text` for people. */
  format: 'json' | 'text';
  /** Where lines go; standard error by default, since standard output belongs to the command line. */
  destination?: { write(line: string): unknown };
}

/**
 * Makes the logger of a server. `log.child({ requestId })` adds fields to every line of a request. All values pass
 * through `redact`, and every finished line through `maskSecrets`, so that no secret needs to be remembered by callers.
 */
export function createLogger({ level, format, destination }: LogOptions): Logger {
  const sink = destination ?? pino.destination({ fd: 2, sync: true });
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redact(fields) as Record<string, unknown>,
        bindings: (fields) => redact(fields) as Record<string, unknown>,
      },
      hooks: {
        streamWrite: (line) => {
          const masked = maskSecrets(line);
          return format === 'text' ? textLine(masked) : masked;
        },
      },
    },
    sink,
  );
}

interface Line {
  time?: string;
  level?: string;
  msg?: string;
  [field: string]: unknown;
}

/** `2026-01-31T12:00:00.000Z WARN  message field=value …`, whatever the values hold still one line. */
function textLine(json: string): string {
  const { time = '', level = '', msg = '', ...fields } = JSON.parse(json) as Line;
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${fieldText(value)}`);
  return `${time} ${level.toUpperCase().padEnd(5)} ${oneLine(msg)}${rest.join('')}\n`;
}

function fieldText(value: unknown): string {
  if (typeof value === 'string' && /^[\w./:@+?&%=,\-[\]]+$/.test(value)) return value;
  return oneLine(JSON.stringify(value));
}

/** Without line breaks and other control characters, which could fake a line or drive a terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
