// Describes an endpoint for the API reference, from the declarations of its services.
import Type, { type TSchema } from 'typebox';
import type { Generation } from './dispatch.ts';
import type { Service } from './service.ts';

/** The route's schema. It only describes: bodies are read by the services. */
export function referenceOf({ name, services }: Generation) {
  return {
    tags: ['beebole'],
    operationId: `beebole-${name}`,
    summary: `Beebole ${name}: one service a request, chosen by the member “service”.`,
    description: services.map(describe).join('\n'),
    security: [{ basic: [] }, { bearer: [] }],
    consumes: ['application/json'],
    body: Type.Union(services.map(requestOf)),
    response: {
      200: Type.Object(
        { status: Type.String({ enum: ['ok', 'error'] }), message: Type.Optional(Type.String()) },
        { description: '“ok” with the members of the service, or “error” with a message.' },
      ),
      401: failure('No token, or an invalid one.'),
      403: failure('API calls are switched off in this account.'),
      413: failure('The body is too large.'),
      429: failure('The daily limit is reached.'),
    },
  };
}

const failure = (description: string) =>
  Type.Object(
    { status: Type.String(), message: Type.String(), code: Type.String() },
    { description },
  );

function describe({ name, summary, who }: Service): string {
  return `- \`${name}\`: ${summary}${who === 'admin' ? ' Administrators only.' : ''}`;
}

function requestOf({ name, summary, wrapper, parameters }: Service): TSchema {
  const members = Object.fromEntries(
    Object.entries(parameters).map(([key, { schema, required }]) => [
      key,
      required ? schema : Type.Optional(schema),
    ]),
  );
  return Type.Object(
    {
      service: Type.Literal(name),
      ...(wrapper === undefined ? members : { [wrapper]: Type.Object(members) }),
    },
    { title: name, description: summary },
  );
}
