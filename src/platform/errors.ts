// The error catalogue of the domain: what can go wrong, without a word of any wire protocol.

/** Every kind of failure a domain function may report. Doors map kinds to their own status and shape. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'too_many'
  | 'deadline'
  | 'unavailable';

/**
 * A failure that the caller can be told about. `code` is a stable word for programs (`collection_exists`),
 * `message` a sentence for people, `details` values that a door may need to build its own answer.
 */
export class DomainError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    details: Record<string, unknown> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
    this.kind = kind;
    this.code = code;
    this.details = details;
  }
}

function kindOf(kind: ErrorKind) {
  return class extends DomainError {
    constructor(
      code: string,
      message: string,
      details?: Record<string, unknown>,
      options?: ErrorOptions,
    ) {
      super(kind, code, message, details, options);
    }
  };
}

/** The input has the wrong shape, type or value. */
export class Invalid extends kindOf('invalid') {}
/** The caller is not who they say, or said nothing. */
export class Unauthenticated extends kindOf('unauthenticated') {}
/** The caller is known and may not do this. */
export class Forbidden extends kindOf('forbidden') {}
/** The thing does not exist, or the caller may not know that it does. */
export class NotFound extends kindOf('not_found') {}
/** The thing exists already, or changed since the caller read it. */
export class Conflict extends kindOf('conflict') {}
/** More bytes, rows, depth or pixels than a limit allows. */
export class TooLarge extends kindOf('too_large') {}
/** A rate limit or budget is used up; `details` says until when. */
export class TooMany extends kindOf('too_many') {}
/** The work was stopped because it took longer than it may. */
export class DeadlineExceeded extends kindOf('deadline') {}
/** Something that we depend on does not work now; the caller may try again. */
export class Unavailable extends kindOf('unavailable') {}
