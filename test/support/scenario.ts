// Table-driven API scenarios: one request, what must be in the answer, and what must not. One type for all four doors.
import { expect, it } from 'vitest';
import { send, type TestRequest, type TestResponse } from './http.ts';

export interface Scenario<Context = undefined> {
  /** What a reader of the specification would call this case. */
  name: string;
  /** The request, or how to make it from what the test has set up. */
  request: TestRequest | ((context: Context) => TestRequest | Promise<TestRequest>);
  expect: {
    status: number;
    /** Header values; `undefined` means that the header must be absent. */
    headers?: Record<string, string | RegExp | undefined>;
    /** Members that the JSON body must have (`toMatchObject`). */
    json?: unknown;
    /** The whole body, exactly. */
    body?: string | Buffer;
    contains?: (string | RegExp)[];
  };
  /** What must not be anywhere in the body; stack traces and engine errors never may. */
  forbid?: (string | RegExp)[];
  /** Further checks, such as what is stored now. */
  after?: (response: TestResponse, context: Context) => unknown;
}

/** What no client of any door may ever see. */
const NEVER: (string | RegExp)[] = [
  /\bat (?:async )?[\w.<>]+ \(?(?:file:|node:|\/)/,
  'node_modules',
  /SQLITE_|SqliteError|ECONNREFUSED/,
  /\bsyntax error at or near\b/,
];

/** Declares one test a scenario. `context` is asked for when the test runs, after the hooks have set it up. */
export function runScenarios<Context>(
  scenarios: readonly Scenario<Context>[],
  base: () => string,
  context: () => Context,
): void {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_, scenario) => {
      const { request } = scenario;
      const made = typeof request === 'function' ? await request(context()) : request;
      const response = await send(base(), made);
      check(scenario, response);
      await scenario.after?.(response, context());
    },
  );
}

function check(scenario: Scenario<never>, response: TestResponse): void {
  const wanted = scenario.expect;
  // The body first: on a wrong status it says why.
  expect({ status: response.status, body: excerpt(response) }).toEqual({
    status: wanted.status,
    body: expect.anything() as unknown,
  });
  for (const [name, value] of Object.entries(wanted.headers ?? {})) {
    const got = response.headers[name.toLowerCase()];
    if (value === undefined) expect(got, `header ${name}`).toBeUndefined();
    else if (typeof value === 'string') expect(String(got), `header ${name}`).toBe(value);
    else expect(String(got), `header ${name}`).toMatch(value);
  }
  if (wanted.json !== undefined) expect(response.json()).toMatchObject(wanted.json as object);
  if (typeof wanted.body === 'string') expect(response.text).toBe(wanted.body);
  else if (wanted.body) expect(response.bytes.equals(wanted.body)).toBe(true);
  for (const part of wanted.contains ?? []) expectPart(response.text, part, true);
  for (const part of [...NEVER, ...(scenario.forbid ?? [])]) expectPart(response.text, part, false);
}

function expectPart(text: string, part: string | RegExp, present: boolean): void {
  const found = typeof part === 'string' ? text.includes(part) : part.test(text);
  expect(found, `${present ? 'must contain' : 'must not contain'} ${String(part)}`).toBe(present);
}

function excerpt(response: TestResponse): string {
  return response.text.slice(0, 2000);
}
