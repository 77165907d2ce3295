// Failures that only exist on the wire: what this protocol says when it does not understand or admit a request.

/** A failure with everything that its envelope needs (BaasBox spec 3.3). */
export class Failure extends Error {
  /** The HTTP status. The server takes a failure with a 4xx status for one that was foreseen. */
  readonly statusCode: number;
  /** Digits as text; only for the codes of spec 3.5. */
  readonly bbCode: string | undefined;

  constructor(statusCode: number, message: string, bbCode?: string) {
    super(message);
    this.name = 'Failure';
    this.statusCode = statusCode;
    this.bbCode = bbCode;
  }
}
