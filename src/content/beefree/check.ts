// POST /v1/{message|page|row}/check: what an author should look at before a design is used (Beefree spec 3.14).
import Type from 'typebox';
import { fetchPublic } from '../../platform/network/public-fetch.ts';
import { check, isLanguage, type Wish } from '../check/check.ts';
import type { Subject } from '../check/categories.ts';
import type { Reach } from '../check/reach.ts';
import { isObject, objectBody, templateIn, type JsonObject } from './body.ts';
import { missingField, wrongField } from './errors.ts';
import type { ContentContext, ContentRoute } from './route.ts';

const SUBJECTS: readonly Subject[] = ['message', 'page', 'row'];

/** Most checks and languages of one call. */
const MAX_CHECKS = 50;
const MAX_LANGUAGES = 50;
const MAX_HOSTS = 1000;

/** Time for one site, in milliseconds. */
const SITE_TIMEOUT_MS = 20_000;

const target = Type.Object({}, { additionalProperties: true });
const schema = (subject: Subject) => ({
  summary: `Checks a ${subject} for what should be looked at before it is used`,
  security: [{ bearer: [] }],
  body: Type.Object({
    checks: Type.Array(
      Type.Object({
        category: Type.String({ description: 'Such as `missingAltText`.' }),
        limit: Type.Optional(Type.Number({ description: 'KB, or px for sizes of text.' })),
        beautified: Type.Optional(Type.Boolean({ default: true })),
        allowed_hosts: Type.Optional(Type.Array(Type.String())),
      }),
    ),
    [subject === 'row' ? 'row' : 'template']: Type.Object({}),
    languages: Type.Optional(
      Type.Array(Type.String(), { description: 'Stored translations to check as well.' }),
    ),
  }),
  response: {
    200: Type.Array(
      Type.Object({
        language: Type.String({ description: '`default`, or one of the languages.' }),
        checks: Type.Array(
          Type.Object({
            type: Type.String(),
            targetsCount: Type.Integer(),
            checkStatus: Type.String({ description: '`passed`, `suggestion` or `warning`.' }),
            targets: Type.Array(target),
          }),
        ),
        checksFailedCount: Type.Integer(),
        checksWarningCount: Type.Integer(),
        checksSuggestionCount: Type.Integer(),
        status: Type.String(),
        dateTime: Type.String(),
      }),
    ),
  },
});

export const checkRoutes: ContentRoute[] = SUBJECTS.map((subject) => (app, context) => {
  const reach = reachOf(context);
  app.post(`/v1/${subject}/check`, { schema: schema(subject) }, async (request, reply) => {
    const body = objectBody(request);
    const answer = await check(
      {
        subject,
        wishes: wishesOf(body),
        languages: languagesOf(body),
        design: subject === 'row' ? rowIn(body) : templateIn(body, 'template'),
      },
      { reach, now: context.now },
    );
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
  });
});

/** How checks ask the web: public addresses only, and only where the operator lets renderers load from them. */
function reachOf({ config, network }: ContentContext): Reach | undefined {
  if (network !== 'public') return undefined;
  return async (url, signal) => {
    const {
      status,
      headers,
      url: end,
    } = await fetchPublic(url, {
      method: 'HEAD',
      maxBytes: 0,
      timeoutMs: SITE_TIMEOUT_MS,
      signal,
      trusted: config.trustedHosts,
    });
    const length = Number(headers['content-length'] ?? Number.NaN);
    const asked = new URL(url);
    asked.hash = '';
    return {
      status,
      bytes: Number.isInteger(length) && length >= 0 ? length : undefined,
      redirected: end.href !== asked.href && end.href !== url,
    };
  };
}

function rowIn(body: JsonObject): JsonObject {
  const row = body['row'];
  if (row === undefined) throw missingField('row');
  if (!isObject(row)) throw wrongField('expected a dictionary', 'row');
  return row;
}

function wishesOf(body: JsonObject): readonly Wish[] {
  const checks = body['checks'];
  if (checks === undefined) throw missingField('checks');
  if (!Array.isArray(checks)) throw wrongField('expected a list', 'checks');
  if (checks.length > MAX_CHECKS) throw wrongField(`at most ${MAX_CHECKS} entries`, 'checks');
  return checks.map((item: unknown, i): Wish => {
    const at = ['checks', String(i)];
    if (!isObject(item)) throw wrongField('expected a dictionary', ...at);
    const { category, limit, beautified } = item;
    if (category === undefined) throw missingField(...at, 'category');
    if (typeof category !== 'string') throw wrongField('expected str', ...at, 'category');
    if (beautified !== undefined && beautified !== null && typeof beautified !== 'boolean') {
      throw wrongField('expected bool', ...at, 'beautified');
    }
    return {
      category,
      limit: limitOf(limit, [...at, 'limit']),
      beautified: beautified ?? undefined,
      allowedHosts: hostsOf(item['allowed_hosts'], [...at, 'allowed_hosts']),
    };
  });
}

function limitOf(value: unknown, at: string[]): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && number >= 0 && Number.isFinite(number)) return number;
  throw wrongField('expected a number from 0', ...at);
}

function hostsOf(value: unknown, at: string[]): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length > MAX_HOSTS) throw wrongField('expected a list', ...at);
  return value.map((host: unknown) => {
    if (typeof host !== 'string') throw wrongField('expected str', ...at);
    return host;
  });
}

function languagesOf(body: JsonObject): readonly string[] {
  const languages = body['languages'];
  if (languages === undefined || languages === null) return [];
  if (!Array.isArray(languages) || languages.length > MAX_LANGUAGES) {
    throw wrongField('expected a list', 'languages');
  }
  return languages.map((language: unknown, i) => {
    if (!isLanguage(language)) throw wrongField('expected a language', 'languages', String(i));
    return language;
  });
}
