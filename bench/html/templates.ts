// One e-mail as template JSON and as MJML: the same blocks with the same texts, for any number of blocks.

/** What stands in the e-mail, before either notation. */
type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'image'; source: string; alt: string }
  | { kind: 'button'; label: string; link: string }
  | { kind: 'divider' };

const SENTENCE =
  'The early harvest is in, and this year the hives at the edge of the orchard gave more than we had hoped for.';

/** The rows of an e-mail with exactly `count` blocks: by turns one column of three blocks and two columns. */
function layout(count: number): Block[][][] {
  const rows: Block[][][] = [];
  for (let placed = 0, at = 0; placed < count; at++) {
    const columns = rowOf(at);
    let left = count - placed;
    const taken = columns.map((blocks) => {
      const some = blocks.slice(0, left);
      left -= some.length;
      return some;
    });
    placed = count - left;
    rows.push(taken.filter((blocks) => blocks.length > 0));
  }
  return rows;
}

function rowOf(at: number): Block[][] {
  const text: Block = { kind: 'paragraph', text: `${SENTENCE} ${SENTENCE}` };
  const button: Block = { kind: 'button', label: 'Read on', link: `https://example.test/${at}` };
  const image: Block = { kind: 'image', source: `https://img.example/${at}.png`, alt: `Row ${at}` };
  return at % 2 === 0
    ? [[{ kind: 'heading', text: `Part ${at + 1}` }, text, button]]
    : [
        [image, { kind: 'divider' }],
        [text, button],
      ];
}

const PADDING = {
  'padding-top': '10px',
  'padding-right': '20px',
  'padding-bottom': '10px',
  'padding-left': '20px',
};

/** The e-mail as the builder stores it: JSON text. */
export function templateJson(count: number): string {
  const rows = layout(count).map((columns) => ({
    type: 'one-column-empty',
    container: { style: { 'background-color': '#f2f2f2' } },
    content: {
      style: { 'background-color': '#ffffff', color: '#000000', width: '600px' },
      computedStyle: { rowColStackOnMobile: true },
    },
    columns: columns.map((blocks) => ({
      'grid-columns': 12 / columns.length,
      style: { 'padding-top': '5px', 'padding-bottom': '5px' },
      modules: blocks.map(moduleOf),
    })),
  }));
  return JSON.stringify({
    page: {
      title: 'News',
      description: '',
      template: { name: 'template-base', type: 'basic', version: '2.0.0' },
      head: { meta: { subject: 'News from the orchard', preheader: 'Harvest', lang: 'en' } },
      body: {
        type: 'mailup-bee-page-properties',
        webFonts: [],
        container: { style: { 'background-color': '#f2f2f2' } },
        content: {
          style: { color: '#000000', 'font-family': 'Arial, Helvetica, sans-serif' },
          computedStyle: {
            linkColor: '#0a66c2',
            messageBackgroundColor: '#ffffff',
            messageWidth: '600px',
          },
        },
      },
      rows,
    },
  });
}

function moduleOf(block: Block): unknown {
  const text = { color: '#333333', 'font-family': 'inherit', 'line-height': '150%' };
  switch (block.kind) {
    case 'heading':
      return envelope('heading', {
        heading: {
          title: 'h2',
          text: block.text,
          style: { ...text, 'font-size': '24px', 'text-align': 'left' },
        },
      });
    case 'paragraph':
      return envelope('paragraph', {
        paragraph: { html: `<p>${block.text}</p>`, style: { ...text, 'font-size': '15px' } },
      });
    case 'image':
      return envelope('image', {
        image: { src: block.source, alt: block.alt, href: '', width: '260px', height: '180px' },
        computedStyle: { class: 'center autowidth', width: '260px' },
      });
    case 'button':
      return envelope('button', {
        button: {
          label: block.label,
          href: block.link,
          style: {
            'background-color': '#0a66c2',
            color: '#ffffff',
            'border-radius': '4px',
            'font-size': '16px',
            'line-height': '200%',
            ...PADDING,
          },
        },
        computedStyle: { width: 120, height: 42 },
        style: { ...PADDING, 'text-align': 'center' },
      });
    case 'divider':
      return envelope('divider', {
        divider: { style: { 'border-top': '1px solid #bbbbbb', width: '100%' } },
        computedStyle: { align: 'center' },
      });
  }
}

function envelope(type: string, descriptor: Record<string, unknown>): unknown {
  return {
    type: `mailup-bee-newsletter-modules-${type}`,
    descriptor: { style: PADDING, computedStyle: {}, mobileStyle: {}, ...descriptor },
  };
}

/** The e-mail as MJML text. */
export function templateMjml(count: number): string {
  const sections = layout(count).map(
    (columns) =>
      `<mj-section background-color="#ffffff" padding="0">${columns
        .map((blocks) => `<mj-column>${blocks.map(tagOf).join('')}</mj-column>`)
        .join('')}</mj-section>`,
  );
  return `<mjml lang="en"><mj-head><mj-title>News from the orchard</mj-title><mj-preview>Harvest</mj-preview><mj-attributes><mj-all font-family="Arial, Helvetica, sans-serif" /></mj-attributes></mj-head><mj-body background-color="#f2f2f2" width="600px">${sections.join('')}</mj-body></mjml>`;
}

function tagOf(block: Block): string {
  const text = 'color="#333333" line-height="150%" padding="10px 20px"';
  switch (block.kind) {
    case 'heading':
      return `<mj-text ${text} font-size="24px"><h2>${block.text}</h2></mj-text>`;
    case 'paragraph':
      return `<mj-text ${text} font-size="15px"><p>${block.text}</p></mj-text>`;
    case 'image':
      return `<mj-image src="${block.source}" alt="${block.alt}" width="260px" padding="10px 20px" />`;
    case 'button':
      return `<mj-button href="${block.link}" background-color="#0a66c2" color="#ffffff" border-radius="4px" font-size="16px" line-height="200%" inner-padding="10px 20px">${block.label}</mj-button>`;
    case 'divider':
      return '<mj-divider border-width="1px" border-color="#bbbbbb" padding="10px 20px" />';
  }
}
