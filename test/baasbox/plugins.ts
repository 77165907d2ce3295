// Plugins for tests: installed and activated in one step, and called as clients do.
import type { TestResponse } from '../support/http.ts';
import { APP, type TestServer, type TestUser } from './server.ts';

/** The data of an answer. */
export function dataOf<T = unknown>(response: TestResponse): T {
  return response.json<{ data: T }>().data;
}

/** Installs a plugin that is active, and gives its path. */
export async function install(
  server: TestServer,
  name: string,
  code: string,
  options: { library?: boolean; _storage?: unknown } = {},
): Promise<string> {
  const plugin = { name, code, lang: 'javascript', active: true, ...options };
  const created = await server.admin.send('POST', '/admin/plugin', plugin);
  if (created.status !== 201) throw new Error(created.text);
  return `/plugin/${name}`;
}

let count = 0;

/** Runs a script once as a user: its `body` is that of a handler; gives the answer. */
export async function runAs(
  server: TestServer,
  user: TestUser | undefined,
  body: string,
  request?: unknown,
): Promise<TestResponse> {
  count += 1;
  const path = await install(
    server,
    `test.run${count}`,
    `http().post(function (request) { ${body} })`,
  );
  const headers: Record<string, string> = user
    ? { 'X-BB-SESSION': user.token }
    : { 'X-BAASBOX-APPCODE': APP };
  return server.send({ method: 'POST', path, headers, body: request ?? {} });
}

/** Runs an expression as a user and gives its value. */
export async function valueFor<T = unknown>(
  server: TestServer,
  user: TestUser | undefined,
  expression: string,
): Promise<T> {
  const answered = await runAs(server, user, `return { content: ${expression} };`);
  if (answered.status !== 200) throw new Error(answered.text);
  return dataOf<T>(answered);
}
