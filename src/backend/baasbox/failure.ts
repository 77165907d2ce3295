// Failures that only exist on the wire: what this protocol says when it does not understand or admit a request.

/** A failure with everything that its envelope needs (BaasBox spec 3.3). */
export class Failure extends Error {
  readonly status: number;
  /** Digits as text; only for the codes of spec 3.5. */
  readonly bbCode: string | undefined;

  constructor(status: number, message: string, bbCode?: string) {
    super(message);
    this.name = 'Failure';
    this.status = status;
    this.bbCode = bbCode;
  }
}
