// Failures that scripts cause: they are their authors' business, not the operator's.
import { Failure } from '../failure.ts';

/** A failure that the server does not report as its own, whatever its status. */
export class ScriptFailure extends Failure {
  readonly kind = 'script';
}
