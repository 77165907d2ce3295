// JSON that needs no writing any more.

/** A value of which there is already the JSON text. */
export class JsonText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
