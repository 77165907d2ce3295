// How a hosted page or popup names its classes: the prefix is a setting of the account, the structure is not (spec 5.15, 5.16).
import { classes, descendants, find, hasClass, isElement, outermost } from '../dom.ts';
import type { Element } from '../dom.ts';

/** The class names of one document and where its rows are. */
export interface PageNames {
  /** `bee` on pages, `bee-popup` in popups, or what the account has instead */
  readonly prefix: string;
  readonly rows: readonly Element[];
  /** the container with the colours of a popup; undefined on pages */
  readonly popup: Element | undefined;
}

/** The names of a hosted page or popup; undefined for any other document. */
export function pageNames(body: Element): PageNames | undefined {
  for (const element of descendants(body)) {
    for (const name of classes(element)) {
      const prefix = /^([A-Za-z][\w-]*)-row-content$/.exec(name)?.[1];
      if (prefix === undefined) continue;
      const row = element.parentNode;
      if (!row || !isElement(row) || !hasClass(row, `${prefix}-row`)) continue;
      const popup = ancestor(row, `${prefix}-container`);
      return { prefix, rows: outermost(body, `.${prefix}-row`), popup };
    }
  }
  return undefined;
}

function ancestor(element: Element, name: string): Element | undefined {
  for (let up = element.parentNode; up && isElement(up); up = up.parentNode) {
    if (hasClass(up, name)) return up;
  }
  return undefined;
}

/** True for a row with its content area. */
export function isPageRow(element: Element, prefix: string): boolean {
  return (
    hasClass(element, `${prefix}-row`) && find(element, `.${prefix}-row-content`) !== undefined
  );
}

/** The class names that users gave: those that the service never writes. */
export function givenClasses(element: Element, prefix: string): string {
  return classes(element)
    .filter(
      (name) =>
        !name.startsWith(`${prefix}-`) && !/^(?:no_stack|reverse|spacer|content)$/.test(name),
    )
    .join(' ');
}
