// Logs: one line an event, to standard error, with secrets masked whatever is handed in.
import { format as formatMessage } from 'node:util';
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

const MAX_MESSAGE = 8192;

/**
 * Makes the logger of a server. `log.child({ requestId })` adds fields to every line of a request. All fields pass
 * through `redact` and all messages through `maskSecrets`, so that callers need not remember what is secret.
 */
export function createLogger({ level, format, destination }: LogOptions): Logger {
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Fields are plain data when pino gets them; its own serializer would only lose the causes of errors.
      serializers: { err: (value: unknown) => value },
      hooks: {
        logMethod(args, method) {
          method.apply(this, safeArguments(args));
        },
        ...(format === 'text' ? { streamWrite: textLine } : {}),
      },
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
  // Children inherit this, so it holds for their children too.
  const child = (log as { child: unknown }).child as (...args: unknown[]) => Logger;
  return Object.assign(log, {
    child(this: Logger, fields: pino.Bindings, options?: pino.ChildLoggerOptions) {
      return Reflect.apply(child, this, [redact(fields), options]);
    },
  });
}

/** Fields, if there are any, and the finished message, both without secrets. */
function safeArguments(args: readonly unknown[]): [object, string?] {
  const [first, ...rest] = args;
  const fields = typeof first === 'object' && first !== null ? first : undefined;
  const words = fields === undefined ? args : rest;
  const shown = redact(fields instanceof Error ? { err: fields } : (fields ?? {})) as object;
  if (words.length > 0) return [shown, maskSecrets(formatMessage(...words).slice(0, MAX_MESSAGE))];
  return fields instanceof Error ? [shown, maskSecrets(fields.message)] : [shown];
}

/** `2026-01-31T12:00:00.000Z WARN  message field=value …`, whatever the values hold still one line. */
function textLine(json: string): string {
  const { time, level, msg = '', ...fields } = JSON.parse(json) as Record<string, unknown>;
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${fieldText(value)}`);
  const head = `${String(time)} ${String(level).toUpperCase().padEnd(5)} ${String(msg)}`;
  return `${oneLine(head)}${rest.join('')}\n`;
}

function fieldText(value: unknown): string {
  if (typeof value === 'string' && /^[\w./:@+?&%=,\-[\]]+$/.test(value)) return value;
  return oneLine(JSON.stringify(value));
}

/** Without line breaks and other control characters, which could fake a line or drive a terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
