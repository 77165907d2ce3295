// A local service that answers as OpenAI-compatible chat completions do, also in its bad moods.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What came in. */
export interface ChatRequest {
  path: string;
  authorization: string | undefined;
  body: {
    model: string;
    stream?: boolean;
    messages: { role: string; content: string }[];
  };
}

export interface ChatServer {
  /** Address up to the version, as in the settings. */
  baseUrl: string;
  requests: ChatRequest[];
  close(): Promise<void>;
}

/** How a model of this service answers: a completion with this text, or anything else. */
export type Mood = string | ((response: ServerResponse) => void);

export const USAGE = {
  prompt_tokens: 321,
  completion_tokens: 45,
  total_tokens: 366,
  completion_tokens_details: { reasoning_tokens: 12, accepted: 'no number' },
};

/** Starts the service; each model has its mood. */
export async function startChatServer(moods: Record<string, Mood>): Promise<ChatServer> {
  const requests: ChatRequest[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.parse(await bodyOf(request)) as ChatRequest['body'];
    const { authorization } = request.headers;
    requests.push({ path: request.url ?? '', authorization, body });
    const mood = moods[body.model] ?? failing(404, { error: { message: 'no such model' } });
    if (typeof mood === 'string') completion(mood)(response);
    else mood(response);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** A usual answer. */
export function completion(content: unknown, more: object = { usage: USAGE }): Mood & object {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
  return (response: ServerResponse) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ id: 'x', object: 'chat.completion', choices, ...more }));
  };
}

/** An answer with a status and a body of its own. */
export function failing(status: number, body: unknown): Mood & object {
  return (response: ServerResponse) => {
    response.statusCode = status;
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}
