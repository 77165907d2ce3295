// What a service is: a name, its parameters, who may call it, and what it does.
import type { TSchema } from 'typebox';
import type { Logger } from '../../platform/log.ts';
import type { PersonContext } from '../context.ts';
import { notAllowed } from '../failures.ts';
import { sightOf, type Sight } from '../visibility.ts';
import type { Json } from './json.ts';

/** A call as a handler sees it: who calls, in which account. */
export class Call {
  readonly context: PersonContext;
  readonly log: Logger;
  #sight: Promise<Sight> | undefined;

  constructor(context: PersonContext, log: Logger) {
    this.context = context;
    this.log = log;
  }

  /** What the caller may see; looked up when it is first asked for. */
  sight(): Promise<Sight> {
    return (this.#sight ??= sightOf(this.context));
  }
}

/** The members of a request or of a wrapped object. */
export type Source = Readonly<Record<string, unknown>>;

/** A value whose type is right; whether what it refers to exists is asked in the second step. */
export type Pending<T> = (call: Call) => T | Promise<T>;

/** One parameter: how it is described and how it is read. */
export interface Parameter<T> {
  /** For the reference of the API. */
  schema: TSchema;
  required: boolean;
  /** Reads the member `name` of `source`; `prefix` leads to `source` (`project.`). Throws for a missing or bad value. */
  read(source: Source, name: string, prefix: string): Pending<T>;
}

type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** The values of the parameters, read and looked up. */
type Values<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name] extends Parameter<infer T> ? T : never;
};

/** The members of an answer besides `status`. */
export type Answer = Record<string, Json | undefined>;

interface Declaration<P extends Parameters> {
  name: string;
  /** Other names that clients use for it. */
  aliases?: readonly string[];
  /** One sentence for the reference of the API. */
  summary: string;
  /** The member that holds the parameters, when the request has it; else they stand in the request itself. */
  wrapper?: string;
  parameters: P;
  /** `anyone`: what the caller reaches depends on their rights. */
  who: 'anyone' | 'admin';
  handler: (call: Call, values: Values<P>) => Promise<Answer>;
}

export interface Service extends Omit<Declaration<Parameters>, 'handler'> {
  run(call: Call, request: Source): Promise<Answer>;
}

/**
 * Makes a service of its declaration. A call goes through the steps that the protocol prescribes: types of the parameters,
 * existence of what they refer to, permission, then the handler with the business rules (Beebole spec 2.6).
 */
export function service<P extends Parameters>(declaration: Declaration<P>): Service {
  const { handler, ...rest } = declaration;
  return {
    ...rest,
    async run(call, request) {
      const wrapped = rest.wrapper === undefined ? undefined : request[rest.wrapper];
      const source = isObject(wrapped) ? wrapped : request;
      const prefix = prefixOf(rest.wrapper);
      const pending = Object.entries(rest.parameters).map(
        ([name, parameter]) => [name, parameter.read(source, name, prefix)] as const,
      );
      const values: Record<string, unknown> = {};
      for (const [name, resolve] of pending) values[name] = await resolve(call);
      if (rest.who === 'admin' && call.context.actor.userGroup !== 'admin') throw notAllowed();
      return handler(call, values as Values<P>);
    },
  };
}

/** What stands before the names of members in messages. */
export function prefixOf(wrapper: string | undefined): string {
  return wrapper === undefined ? '' : `${wrapper}.`;
}

export function isObject(value: unknown): value is Source {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
