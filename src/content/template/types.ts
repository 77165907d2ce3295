// The strict model of a template (spec 4): what the renderers see, with every default filled in.

/** Four sides, clockwise. */
export interface Sides<T> {
  readonly top: T;
  readonly right: T;
  readonly bottom: T;
  readonly left: T;
}

/** Lengths of the four sides in px; undefined where the template sets nothing. */
export type Box = Sides<number | undefined>;

export interface Length {
  readonly value: number;
  readonly unit: 'px' | '%' | 'em' | 'rem';
}

export interface Border {
  /** px, above 0 */
  readonly width: number;
  readonly style: string;
  readonly color: string;
}
export type Borders = Sides<Border | undefined>;

export interface LineHeight {
  readonly css: string;
  /** px at the font size of the block; undefined when the browser decides */
  readonly px: number | undefined;
  /** undefined for line heights in px */
  readonly ratio: number | undefined;
  /** as CSS with percent where the template has it: what stands inside takes over a length, not a factor */
  readonly written: string;
}

/** Empty strings mean "not set". */
export interface Background {
  readonly color: string;
  readonly image: string;
  readonly position: string;
  readonly repeat: string;
  readonly size: string;
}

export interface WebFont {
  readonly name: string;
  readonly url: string;
}

export interface Head {
  readonly title: string;
  readonly description: string;
  readonly subject: string;
  readonly preheader: string;
  readonly lang: string;
  readonly customTags: string;
  readonly favicons: readonly { readonly handle: string; readonly url: string }[];
}

export interface Body {
  readonly background: Background;
  readonly color: string;
  readonly font: string;
  readonly linkColor: string;
  /** '' when content areas without a colour stay transparent */
  readonly contentColor: string;
  /** px */
  readonly width: number;
  readonly align: 'left' | 'center';
  /** shares of columns in whole percent, as pages of earlier years have them (spec 5.15) */
  readonly roundedColumns: boolean;
  readonly fonts: readonly WebFont[];
}

export interface Template {
  readonly head: Head;
  readonly body: Body;
  readonly rows: readonly Row[];
  /** what the reader had to repair or leave out */
  readonly warnings: readonly string[];
}

export interface Visibility {
  readonly mobile: boolean;
  readonly desktop: boolean;
  readonly amp: boolean;
  readonly html: boolean;
}

/** Overrides for the narrow view; undefined where the desktop value stays. */
export interface Mobile {
  readonly padding: Box;
  readonly borders: Borders;
  readonly textAlign: string;
  /** px */
  readonly fontSize: number | undefined;
  readonly lineHeight: string;
  /** px */
  readonly height: number | undefined;
  /** a length, '' where the desktop value stays */
  readonly width: string;
  readonly className: string;
}

export interface DisplayCondition {
  readonly before: string;
  readonly after: string;
}

export interface Row {
  readonly container: Background;
  readonly content: Background;
  readonly color: string;
  readonly borders: Borders;
  /** CSS, '' for square corners */
  readonly radius: string;
  readonly padding: Box;
  readonly stack: boolean;
  readonly reverse: boolean;
  readonly verticalAlign: 'top' | 'middle' | 'bottom';
  readonly hidden: Visibility;
  readonly className: string;
  readonly condition: DisplayCondition | undefined;
  /** px between neighbouring columns */
  readonly gap: number;
  readonly mobile: Mobile;
  readonly columns: readonly Column[];
}

export interface Column {
  /** share of twelve as stored, for class names */
  readonly grid: number;
  /** width in percent of the row */
  readonly percent: number;
  /** px for the blocks inside, without paddings and borders */
  readonly innerWidth: number;
  readonly color: string;
  readonly padding: Box;
  readonly borders: Borders;
  /** CSS, '' for square corners */
  readonly radius: string;
  readonly className: string;
  readonly mobile: Mobile;
  readonly blocks: readonly Block[];
}

/** How text looks; every field is ready to print. */
export interface TextStyle {
  readonly color: string;
  readonly font: string;
  /** the stack as stored said `inherit` or nothing */
  readonly inheritsFont: boolean;
  /** px */
  readonly size: number;
  readonly weight: string;
  readonly spacing: string;
  readonly lineHeight: LineHeight;
  readonly align: string;
  readonly direction: 'ltr' | 'rtl';
  readonly linkColor: string;
}

export interface Attribute {
  readonly name: string;
  readonly value: string;
  readonly target: 'link' | 'tag';
}

/** What every block has. */
export interface Frame {
  readonly padding: Box;
  readonly align: string;
  readonly id: string;
  readonly className: string;
  readonly attributes: readonly Attribute[];
  readonly hidden: Visibility;
  readonly mobile: Mobile;
}

export interface Link {
  readonly href: string;
  readonly target: string;
  readonly title: string;
}

export interface HeadingBlock extends Frame {
  readonly kind: 'heading';
  readonly level: 1 | 2 | 3 | 4 | 5 | 6;
  readonly html: string;
  readonly style: TextStyle;
}
export interface ParagraphBlock extends Frame {
  readonly kind: 'paragraph';
  readonly html: string;
  readonly style: TextStyle;
  /** px below each paragraph but the last */
  readonly spacing: number;
}
export interface ListBlock extends Frame {
  readonly kind: 'list';
  readonly html: string;
  readonly tag: 'ul' | 'ol';
  readonly style: TextStyle;
  readonly indent: number;
  readonly spacing: number;
  readonly marker: string;
  readonly position: 'inside' | 'outside';
  readonly start: number;
}
export interface TextBlock extends Frame {
  readonly kind: 'text';
  readonly html: string;
  /** `size` is the stored size or undefined: the wrapper inside the HTML often says it */
  readonly size: number | undefined;
  readonly lineHeight: string;
  readonly color: string;
  readonly font: string;
  readonly inheritsFont: boolean;
  readonly linkColor: string;
}
export interface ImageBlock extends Frame {
  readonly kind: 'image';
  readonly src: string;
  readonly alt: string;
  readonly title: string;
  readonly link: Link;
  /** px, natural size of the file; undefined when unknown */
  readonly naturalWidth: number | undefined;
  readonly naturalHeight: number | undefined;
  /** px, wanted display width */
  readonly width: number | undefined;
  readonly placement: 'left' | 'center' | 'right';
  readonly sizing: 'autowidth' | 'fixedwidth';
  readonly fullWidth: boolean;
  readonly radius: string;
  readonly mobilePlacement: '' | 'left' | 'center' | 'right';
}
export interface ButtonBlock extends Frame {
  readonly kind: 'button';
  readonly label: string;
  readonly link: Link;
  readonly fill: string;
  readonly color: string;
  readonly borders: Borders;
  /** CSS, '' for square corners */
  readonly radius: string;
  readonly inner: Box;
  readonly style: TextStyle;
  /** '' when the template says nothing about the weight */
  readonly weight: string;
  /** percent of the column, or undefined for the width of the label */
  readonly percent: number | undefined;
  /** px, outer size as the editor measured it */
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly hover: readonly (readonly [string, string])[];
}
export interface DividerBlock extends Frame {
  readonly kind: 'divider';
  /** undefined when no line can be seen */
  readonly line: Border | undefined;
  readonly width: string;
  /** px of empty space that takes the place of an invisible line; 0 when none was asked for */
  readonly height: number;
  /** px that an invisible line takes: a transparent border has a width too */
  readonly thickness: number;
}
export interface SpacerBlock extends Frame {
  readonly kind: 'spacer';
  readonly height: number;
  readonly color: string;
}
interface SocialIcon extends Link {
  readonly src: string;
  readonly alt: string;
}
export interface SocialBlock extends Frame {
  readonly kind: 'social';
  readonly icons: readonly SocialIcon[];
  readonly size: number;
  readonly gap: Box;
}
export interface Icon extends Link {
  readonly src: string;
  readonly alt: string;
  readonly text: string;
  readonly position: 'left' | 'right' | 'top' | 'bottom';
  readonly width: number;
}
export interface IconsBlock extends Frame {
  readonly kind: 'icons';
  readonly icons: readonly Icon[];
  readonly height: number;
  readonly gap: Box;
  readonly itemGap: number;
  readonly style: TextStyle;
}
export interface MenuItem extends Link {
  readonly text: string;
}
export interface MenuBlock extends Frame {
  readonly kind: 'menu';
  readonly items: readonly MenuItem[];
  readonly vertical: boolean;
  readonly gap: Box;
  readonly separator: string;
  readonly style: TextStyle;
  readonly hamburger:
    | {
        readonly size: number;
        readonly rounded: boolean;
        readonly color: string;
        readonly fill: string;
      }
    | undefined;
}
export interface HtmlBlock extends Frame {
  readonly kind: 'html';
  readonly html: string;
}
export interface VideoBlock extends Frame {
  readonly kind: 'video';
  readonly src: string;
  readonly mode: 'thumbnail' | 'embedded' | 'custom';
  readonly thumbnail: string;
  /** width divided by height */
  readonly ratio: number;
  readonly icon: {
    readonly size: number;
    readonly line: string;
    readonly fill: string;
    readonly src: string;
  };
  readonly controls: boolean;
  readonly loop: boolean;
  readonly width: number | undefined;
  readonly placement: 'left' | 'center' | 'right';
  readonly title: string;
}
export interface TableBlock extends Frame {
  readonly kind: 'table';
  readonly headers: readonly (readonly string[])[];
  readonly rows: readonly (readonly string[])[];
  readonly style: TextStyle;
  readonly fill: string;
  readonly borders: Borders;
  readonly header: {
    readonly fill: string;
    readonly color: string;
    readonly size: number;
    readonly weight: string;
    readonly align: string;
  };
  readonly stripe: string;
}
export interface MergeContentBlock extends Frame {
  readonly kind: 'merge';
  readonly value: string;
}
export interface CarouselBlock extends Frame {
  readonly kind: 'carousel';
  readonly slides: readonly (Link & { readonly src: string; readonly alt: string })[];
  /** seconds between slides, or undefined when the reader turns the pages */
  readonly interval: number | undefined;
  readonly height: number | undefined;
}
export interface FormField {
  readonly key: string;
  readonly type: string;
  readonly label: string;
  readonly attributes: readonly (readonly [string, string | true])[];
  readonly options: readonly {
    readonly value: string;
    readonly label: string;
    /** selected or checked from the start */
    readonly chosen: boolean;
  }[];
  /** each choice on a line of its own */
  readonly upright: boolean;
  /** of a `datalist`: what other fields name in their `list` */
  readonly id: string;
}
export interface FormBlock extends Frame {
  readonly kind: 'form';
  readonly formAttributes: readonly (readonly [string, string | true])[];
  readonly lines: readonly { readonly legend: string; readonly fields: readonly FormField[] }[];
  readonly font: string;
  readonly size: number;
  readonly width: string;
  readonly fill: string;
  readonly sideLabels: boolean;
  readonly labels: readonly (readonly [string, string])[];
  /** px around labels */
  readonly labelPadding: number;
  readonly fields: readonly (readonly [string, string])[];
  readonly placeholder: string;
  readonly outline: string;
  readonly button: readonly (readonly [string, string])[];
  readonly outer: Box;
  readonly buttonAlign: string;
}
interface EmptyBlock extends Frame {
  readonly kind: 'empty';
}
interface UnknownBlock extends Frame {
  readonly kind: 'unknown';
  readonly type: string;
}

export type Block =
  | HeadingBlock
  | ParagraphBlock
  | ListBlock
  | TextBlock
  | ImageBlock
  | ButtonBlock
  | DividerBlock
  | SpacerBlock
  | SocialBlock
  | IconsBlock
  | MenuBlock
  | HtmlBlock
  | VideoBlock
  | TableBlock
  | MergeContentBlock
  | CarouselBlock
  | FormBlock
  | EmptyBlock
  | UnknownBlock;
