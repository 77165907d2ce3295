// The part of the official AMP validator's loader that the tests use; the package has no types.
declare module 'amphtml-validator' {
  export interface Validator {
    init?(): Promise<void>;
    validateString(html: string, format: 'AMP4EMAIL'): ValidationResult;
  }
  export interface ValidationResult {
    status: 'PASS' | 'FAIL' | 'UNKNOWN';
    errors: { severity: 'ERROR' | 'WARNING'; line: number; col: number; message: string }[];
  }
  const loader: { getInstance(file: string): Promise<Validator> };
  export default loader;
}
