// What each door's errors look like, and what no answer of any door may hold.
import { expect } from 'vitest';
import type { TestApp } from '../support/app.ts';
import type { TestResponse } from '../support/http.ts';
import type { DoorName } from './world.ts';

/** Words of engines, drivers, parsers and stacks: a client that sees one learns what it should not. */
const NEVER: readonly RegExp[] = [
  /\bat (?:async )?[\w.<>]+ \(?(?:file:|node:|\/)/,
  /node_modules|\.ts:\d|\.js:\d/,
  /SQLITE_|SqliteError|better-sqlite3/i,
  /\bpostgres|\bpg_|\bsyntax error at\b|\brelation "|\bcolumn "/i,
  /\bselect .+ from\b|\binsert into\b/i,
  /ECONN|ENOENT|EACCES|FST_ERR|ERR_HTTP|HPE_/,
  /TypeError|RangeError|ReferenceError/,
  /Cannot read prop|is not a function|undefined is not/,
  /Maximum call stack/,
];

/** Fails when the text shows anything of the machinery. */
export function expectClean(text: string): void {
  for (const pattern of NEVER) expect(text.slice(0, 5000)).not.toMatch(pattern);
}

const JSON_TYPE = 'application/json; charset=utf-8';
const text = expect.stringMatching(/[^\s]/) as unknown;

/** Fails unless the answer is an error in the words of the door, with the status. */
export function expectError(door: DoorName, response: TestResponse, status: number): void {
  expect({ status: response.status, body: response.text.slice(0, 500) }).toEqual({
    status,
    body: expect.anything() as unknown,
  });
  expectErrorText(door, response.text, status);
  expect(response.headers['content-type']).toBe(JSON_TYPE);
  expect(JSON.stringify(response.headers)).not.toMatch(/x-powered-by|"server"/i);
}

/** The same for the bytes of a body. */
export function expectErrorText(door: DoorName, body: string, status: number): void {
  const json = JSON.parse(body) as Record<string, unknown>;
  expect(json).toEqual(shapeOf(door, status, json));
  expectClean(body);
}

function shapeOf(door: DoorName, status: number, json: Record<string, unknown>): unknown {
  const optional = (name: string, value: unknown) => (name in json ? { [name]: value } : {});
  switch (door) {
    case 'baasbox':
      return {
        result: 'error',
        ...optional('bb_code', expect.stringMatching(/^\d{5}$/)),
        message: expect.any(String) as unknown,
        resource: expect.any(String) as unknown,
        method: expect.any(String) as unknown,
        request_header: expect.any(Object) as unknown,
        API_version: text,
        ...optional('call_id', expect.any(String)),
        http_code: status,
      };
    case 'beebole':
      return {
        status: 'error',
        message: text,
        code: expect.stringMatching(/^[a-z_]+$/) as unknown,
      };
    case 'beefree':
      return {
        code: expect.any(Number) as unknown,
        message: text,
        ...('error' in json ? { error: 'BAD REQUEST' } : { details: text }),
      };
    case 'beebox':
      return status === 404
        ? { Message: text, MessageDetail: text, message: text, failed: true }
        : {
            type: 'Api error',
            ...optional('id', expect.stringMatching(/^[A-Z_]+$/)),
            message: text,
            ...optional('inner', expect.stringMatching(/^[\w-]+$/)),
            failed: true,
          };
  }
}

/** What the server logged as failures of its own: nothing that a client sends may become one. */
export function failures({ logged }: TestApp): string[] {
  return logged.filter((line) => line.includes('request failed'));
}
