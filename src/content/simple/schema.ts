// The simple schema: a compact form of templates that people and language models write (Beefree spec 6.1).
import Type, { type Static, type TSchema } from 'typebox';
import { LIMITS } from '../template/context.ts';

const choice = <Word extends string>(...words: Word[]) =>
  Type.Unsafe<Word>(Type.String({ enum: words }));

const closed = { additionalProperties: false } as const;

/** Colours, names and other short texts. */
const short = Type.String({ maxLength: 2000 });
/** Texts, markup and addresses; a picture may be a data URL. */
const long = Type.String();
/** What renderers take for one text. */
const content = Type.String({ maxLength: LIMITS.text });
const free = Type.Record(Type.String(), Type.Unknown());

const padding = Type.Integer({ minimum: 0, maximum: 60 });
const radius = Type.Integer({ minimum: 0, maximum: 60 });
const borderWidth = Type.Integer({ minimum: 0, maximum: 30 });
const size = Type.Integer({ minimum: 1, maximum: 9999 });
const target = choice('_blank', '_self', '_top');
const alignment = choice('left', 'center', 'right');

const maybe = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema);

const paddings = {
  'padding-top': maybe(padding),
  'padding-right': maybe(padding),
  'padding-bottom': maybe(padding),
  'padding-left': maybe(padding),
};
const common = { locked: maybe(Type.Boolean()), customFields: maybe(free) };

const words = {
  text: maybe(content),
  html: maybe(content),
  size: maybe(size),
  bold: maybe(Type.Boolean()),
  italic: maybe(Type.Boolean()),
  underline: maybe(Type.Boolean()),
  color: maybe(short),
  linkColor: maybe(short),
  'letter-spacing': maybe(Type.Integer({ minimum: -99, maximum: 99 })),
  'line-height': maybe(Type.Number({ minimum: 0.5, maximum: 3 })),
  direction: maybe(choice('ltr', 'rtl')),
};

const title = Type.Object(
  {
    type: choice('title', 'heading'),
    ...words,
    title: maybe(choice('h1', 'h2', 'h3', 'h4', 'h5', 'h6')),
    align: maybe(choice('left', 'center', 'right', 'justify')),
    ...paddings,
    ...common,
  },
  closed,
);

const paragraph = Type.Object(
  {
    type: choice('paragraph'),
    ...words,
    align: maybe(choice('left', 'center', 'right', 'justify')),
    ...paddings,
    ...common,
  },
  closed,
);

const list = Type.Object(
  {
    type: choice('list'),
    ...words,
    tag: maybe(choice('ol', 'ul')),
    align: maybe(alignment),
    ...paddings,
    ...common,
  },
  closed,
);

const label = Type.String({ maxLength: LIMITS.text, format: 'noAnchorTags' });

const button = Type.Object(
  {
    type: choice('button'),
    text: maybe(label),
    label: maybe(label),
    href: maybe(long),
    target: maybe(target),
    align: maybe(alignment),
    size: maybe(size),
    color: maybe(short),
    'background-color': maybe(short),
    contentPaddingTop: maybe(padding),
    contentPaddingRight: maybe(padding),
    contentPaddingBottom: maybe(padding),
    contentPaddingLeft: maybe(padding),
    'border-radius': maybe(radius),
    'border-color': maybe(short),
    'border-width': maybe(borderWidth),
    hoverBackgroundColor: maybe(short),
    hoverColor: maybe(short),
    hoverBorderColor: maybe(short),
    hoverBorderWidth: maybe(borderWidth),
    ...paddings,
    ...common,
  },
  closed,
);

const divider = Type.Object(
  {
    type: choice('divider'),
    color: maybe(short),
    height: maybe(Type.Integer({ minimum: 1, maximum: 30 })),
    width: maybe(Type.Integer({ minimum: 1, maximum: 100, description: 'Percent of the column.' })),
    ...paddings,
    ...common,
  },
  closed,
);

const picture = Type.String({ format: 'urlOrMergeTags' });

const image = Type.Object(
  {
    type: choice('image'),
    src: maybe(picture),
    dynamicSrc: maybe(long),
    alt: maybe(long),
    href: maybe(long),
    target: maybe(target),
    ...paddings,
    ...common,
  },
  closed,
);

const length = Type.Union([
  Type.String({ maxLength: 20, pattern: '^\\s*\\d{1,5}(\\.\\d{1,20})?(px)?\\s*$' }),
  Type.Integer({ minimum: 1, maximum: 10_000 }),
]);

const customAttributes = maybe(
  Type.Array(Type.Object({ key: short, name: short, target: short, value: maybe(long) }, closed), {
    maxItems: 50,
  }),
);

const icons = Type.Object(
  {
    type: choice('icons'),
    icons: maybe(
      Type.Array(
        Type.Object(
          {
            image: picture,
            textPosition: choice('left', 'right', 'top', 'bottom'),
            width: length,
            height: length,
            alt: maybe(long),
            text: maybe(long),
            title: maybe(long),
            href: maybe(long),
            target: maybe(target),
          },
          closed,
        ),
        { maxItems: LIMITS.items },
      ),
    ),
    customAttributes,
    ...paddings,
    ...common,
  },
  closed,
);

const menu = Type.Object(
  {
    type: choice('menu'),
    items: maybe(
      Type.Array(
        Type.Object(
          {
            type: maybe(choice('menu-item')),
            text: maybe(long),
            link: maybe(
              Type.Object({ title: maybe(long), href: maybe(long), target: maybe(target) }, closed),
            ),
          },
          closed,
        ),
        { maxItems: LIMITS.items },
      ),
    ),
    customAttributes,
    ...paddings,
    ...common,
  },
  closed,
);

const html = Type.Object({ type: choice('html'), html: maybe(content), ...common }, closed);

const simpleModule = Type.Union([
  button,
  divider,
  html,
  icons,
  image,
  list,
  menu,
  paragraph,
  title,
]);

const column = Type.Object(
  {
    weight: Type.Integer({ minimum: 1, maximum: 12 }),
    modules: Type.Array(simpleModule, { maxItems: LIMITS.blocks }),
    'background-color': maybe(short),
    'border-color': maybe(short),
    'border-width': maybe(borderWidth),
    customFields: maybe(free),
    ...paddings,
  },
  closed,
);

const row = Type.Object(
  {
    name: short,
    columns: Type.Array(column, { minItems: 1, maxItems: 12 }),
    locked: maybe(Type.Boolean()),
    colStackOnMobile: maybe(Type.Boolean()),
    rowReverseColStackOnMobile: maybe(Type.Boolean()),
    contentAreaBackgroundColor: maybe(short),
    'background-color': maybe(short),
    'background-image': maybe(long),
    'background-position': maybe(short),
    'background-repeat': maybe(short),
    'border-radius': maybe(radius),
    'border-width': maybe(borderWidth),
    'border-color': maybe(short),
    columnsBorderRadius: maybe(radius),
    columnsSpacing: maybe(Type.Integer({ minimum: 0, maximum: 99 })),
    'vertical-align': maybe(choice('top', 'middle', 'bottom')),
    'display-condition': maybe(
      Type.Object({
        type: short,
        label: maybe(long),
        description: maybe(long),
        before: maybe(long),
        after: maybe(long),
      }),
    ),
    metadata: maybe(free),
    customFields: maybe(free),
    ...paddings,
  },
  closed,
);

const settings = Type.Object(
  {
    linkColor: maybe(short),
    'background-color': maybe(short),
    backgroundColor: maybe(short),
    contentAreaBackgroundColor: maybe(short),
    width: maybe(Type.Integer({ minimum: 320, maximum: 1440 })),
  },
  closed,
);

const metadata = Type.Object(
  {
    lang: maybe(short),
    title: maybe(long),
    description: maybe(long),
    subject: maybe(long),
    preheader: maybe(long),
  },
  closed,
);

/** A template in the simple schema. `type` may be missing and means an e-mail then. */
export const simpleTemplate = Type.Object(
  {
    type: maybe(choice('email', 'page', 'popup')),
    rows: Type.Array(row, { minItems: 1, maxItems: LIMITS.rows }),
    settings: maybe(settings),
    metadata: maybe(metadata),
  },
  closed,
);

export type SimpleTemplate = Static<typeof simpleTemplate>;
export type SimpleRow = Static<typeof row>;
export type SimpleColumn = Static<typeof column>;
export type SimpleModule = Static<typeof simpleModule>;
/** The module of one type. */
export type Simple<Kind extends SimpleModule['type']> = Extract<SimpleModule, { type: Kind }>;
