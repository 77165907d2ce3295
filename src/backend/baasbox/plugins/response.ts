// What a script answers, as a response (BaasBox spec 3.2, 5.17).
import { answer, NOTHING, type Answer, type RawAnswer } from '../envelope.ts';
import { ScriptFailure } from './script-failure.ts';

/** What `box.js` makes of a handler's result. */
export interface ScriptAnswer {
  status: number;
  headers?: unknown;
  /** Absent when the script gave none. */
  content?: unknown;
}

const MAX_HEADERS = 50;
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]{1,100}$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]{0,8192}$/;

/** Headers that are the server's: of the connection, and those that would reach beyond the plugin on a shared origin. */
const OURS = new Set([
  'connection',
  'content-length',
  'content-security-policy',
  'clear-site-data',
  'date',
  'keep-alive',
  'service-worker-allowed',
  'set-cookie',
  'strict-transport-security',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Pages of plugins share their origin with everything else here, so a browser gives them one of their own. */
const SANDBOX = {
  'content-security-policy': 'sandbox allow-forms allow-popups allow-scripts',
  'x-content-type-options': 'nosniff',
};

/** The response. Throws `ScriptFailure` for a status above 399, with the content as message. */
export function responseOf({ status, headers, content }: ScriptAnswer): Answer | RawAnswer {
  const code = Number.isInteger(status) && status >= 200 && status <= 599 ? status : 500;
  if (code > 399) throw new ScriptFailure(code, bareText(content, JSON.stringify));
  const sent = headersOf(headers);
  const type = sent['content-type'];
  const bare = code >= 300 || code === 204 || (type !== undefined && !/json/i.test(type));
  if (!bare) {
    delete sent['content-type'];
    const data = content === undefined ? NOTHING : answer(content).data;
    return { status: code, data, headers: sent };
  }
  const raw = bareText(content, () => '');
  return {
    status: code,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...sent, ...SANDBOX },
    raw,
  };
}

/** Texts, numbers, booleans and null as they read; objects and lists as `other` has them. */
function bareText(content: unknown, other: (content: object) => string): string {
  if (content === undefined) return '';
  if (typeof content === 'string') return content;
  return typeof content === 'object' && content !== null ? other(content) : JSON.stringify(content);
}

function headersOf(given: unknown): Record<string, string> {
  if (typeof given !== 'object' || given === null) return {};
  const usable = Object.entries(given as Record<string, unknown>).flatMap(
    ([name, value]): [string, string][] => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      const lower = name.toLowerCase();
      const known = HEADER_NAME.test(name) && HEADER_VALUE.test(text) && !OURS.has(lower);
      return known ? [[lower, text]] : [];
    },
  );
  return Object.fromEntries(usable.slice(0, MAX_HEADERS));
}
