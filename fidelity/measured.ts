// What is measured of a document in the browser: the class tree of rows, columns and blocks, and the leaves one can see.

/** In CSS pixels, from the upper left corner of the document. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A row, column or block. */
export interface TreeNode {
  readonly level: 'row' | 'column' | 'block';
  /** 'row 2 / column 1 / block 3' */
  readonly place: string;
  /** place of the parent, '' for rows */
  readonly parent: string;
  readonly kind: string;
  /** undefined when it takes no space at this width */
  readonly box?: Box;
  readonly text: string;
  /** what is inside, without white space: nodes of two documents with the same key belong together */
  readonly key: string;
  readonly background: string;
}

interface Leaf {
  readonly place: string;
  readonly box: Box;
}

export type Styles = Readonly<Record<string, string>>;

/** Text that looks the same throughout, of one paragraph or cell. */
export interface TextLeaf extends Leaf {
  readonly text: string;
  readonly styles: Styles;
}

export interface LinkLeaf extends Leaf {
  readonly href: string;
  readonly text: string;
}

export interface PictureLeaf extends Leaf {
  readonly src: string;
  readonly alt: string;
  readonly styles: Styles;
}

/** A painted inline block with text: a button. */
export interface ButtonLeaf extends Leaf {
  readonly text: string;
  readonly styles: Styles;
}

/** An element with a background picture. */
export interface BackgroundLeaf extends Leaf {
  readonly src: string;
  readonly styles: Styles;
}

export interface Measured {
  /** which class tree the document has */
  readonly tree: 'message' | 'page' | 'popup' | 'none';
  readonly height: number;
  readonly nodes: readonly TreeNode[];
  readonly texts: readonly TextLeaf[];
  readonly links: readonly LinkLeaf[];
  readonly pictures: readonly PictureLeaf[];
  readonly buttons: readonly ButtonLeaf[];
  readonly backgrounds: readonly BackgroundLeaf[];
}
